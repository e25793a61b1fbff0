package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const sentence = "经查，您反映的示范街道和平路12号院供热管网老化、冬季室温不足18℃的问题基本属实。" +
	"示范区住房和城乡建设局已于2026年10月15日组织供热企业（示范热力有限公司）完成管网冲洗和阀门更换，" +
	"并对同一换热站供热的236户居民逐户测温，实测平均温度为20.4℃，达到《城市供热条例》第二十一条规定的标准。"

// opinion is a two-page notice as a bureau issues it.
func opinion() Document {
	return Document{
		Kind: Notice, Issuer: "示范市示范区信访局文件", Number: "示信访〔2026〕3号",
		Title:     "关于示范街道和平路12号院冬季供热不足信访事项的处理意见书",
		Addressee: "王某某",
		Body: []Block{
			Para{"您于2026年9月28日通过网上信访提出的信访事项（编号MC26-0A1B-7K3F），我局已依法受理并调查完毕。现将处理意见告知如下："},
			Heading{1, "一、调查核实的情况"},
			Para{sentence + sentence},
			Heading{2, "（一）关于室温不足"},
			Para{sentence},
			Heading{4, "（1）关于热费减免"},
			Para{sentence},
			Heading{1, "二、处理意见"},
			List{[]string{"对您提出的更换供热管网的请求，予以支持。", "对您提出的退还2025年采暖季部分热费的请求，由供热企业按测温记录核算后退还。"}},
			Heading{1, "三、救济途径"},
			Para{"如不服本处理意见，可以自收到本意见书之日起30日内，书面请求示范市信访局复查；逾期不请求复查的，本意见为信访事项的终结意见。"},
		},
		Attachments: []string{"示范街道和平路12号院室温实测记录", "退费核算说明"},
		Signer:      "示范市示范区信访局", Date: "2026年11月22日",
		Copies:    []string{"示范市信访局", "示范区住房和城乡建设局", "示范街道办事处"},
		PrintedBy: "示范市示范区信访局办公室", PrintedOn: "2026年11月22日",
		Seal: sampleSeal(), Verify: "https://example.cn/v/MC26-0A1B-7K3F",
	}
}

func letter() Document {
	return Document{
		Kind: Letter, Issuer: "示范市信访工作联席会议办公室", Number: "示信联函〔2026〕12号",
		Title: "关于转送李某某反映征地补偿问题信访事项的函", Addressee: "示范区人民政府",
		Body:   []Block{Para{sentence}, Para{"请于2026年12月7日前办结并书面反馈办理结果。"}},
		Signer: "示范市信访工作联席会议办公室", Date: "2026年11月22日",
		Copies: []string{"示范市自然资源和规划局"}, Verify: "https://example.cn/v/1",
	}
}

func form() Document {
	return Document{
		Kind: Form, Title: "信访事项登记表", Number: "编号：MC26-0A1B-7K3F",
		Body: []Block{
			Fields{[][]Field{
				{{Label: "姓名", Value: "王𠮷"}, {Label: "性别", Value: "男"}, {Label: "人数", Value: "1"}},
				{{Label: "住址", Value: "示范市示范区和平路12号院3号楼2单元501室", Span: 2}, {Label: "电话", Value: "138****0000"}},
				{{Label: "反映形式", Value: "网上信访"}, {Label: "登记时间", Value: "2026年9月28日 10:32"}, {Label: "重复", Value: "否"}},
				{{Label: "主要内容", Value: sentence, Span: 3}},
				{{Label: "处理意见", Value: "", Span: 3, Tall: true}},
			}},
			Para{"以下为流转记录。"},
			Table{Head: []string{"序号", "时间", "环节", "说明"}, Widths: []float64{1, 2.4, 2, 5}, Rows: [][]string{
				{"1", "2026-09-28", "登记", "网上渠道登记"}, {"2", "2026-09-30", "转送", sentence[:150]}, {"3", "2026-10-08", "受理", "出具受理告知书"},
			}},
		},
		Verify: "https://example.cn/v/1",
	}
}

func record() Document {
	return Document{
		Kind: Record, Title: "听证笔录", Number: "（第1次）",
		Body: []Block{
			Fields{[][]Field{{{Label: "时间", Value: "2026年11月22日 9时00分至10时30分"}, {Label: "地点", Value: "示范区信访接待中心"}}}},
			Para{"主持人：现在开始听证。请申请人陈述请求和理由。"},
			Para{"申请人：" + sentence},
			Signatures{[]string{"申请人（签名）：", "主持人（签名）：", "记录人（签名）："}},
		},
	}
}

func report() Document {
	rows := [][]string{}
	for i := range 40 {
		rows = append(rows, []string{string(rune('一' + i)), "供热", sentence[:90+3*i], "2026-11-22"})
	}
	return Document{
		Kind: Report, Title: "2026年第三季度信访形势分析报告", Issuer: "示范市信访局",
		Body: []Block{Heading{1, "一、总体情况"}, Para{sentence}, Table{Head: []string{"序号", "类别", "内容", "日期"}, Widths: []float64{1, 1.5, 6, 2}, Rows: rows}},
	}
}

func samples() map[string]Document {
	return map[string]Document{"notice": opinion(), "letter": letter(), "form": form(), "record": record(), "report": report()}
}

// sampleSeal is drawn once.
var sampleSeal = sync.OnceValue(func() *Seal {
	stamp, err := StampImage("示范市示范区信访局", "示范", Bundled())
	if err != nil {
		panic(err)
	}
	return &Seal{Image: stamp, Name: "示范市示范区信访局"}
})

// disc is a PNG with a transparent ground.
func disc() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 60, 60))
	for x := range 60 {
		for y := range 60 {
			if d := (x-30)*(x-30) + (y-30)*(y-30); d < 900 && d > 700 {
				m.Set(x, y, color.NRGBA{R: 200, A: 255})
			}
		}
	}
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

func set(t testing.TB, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, d, Bundled()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSamples writes every kind; XINQIAO_PAPER_OUT names a folder to look at.
func TestSamples(t *testing.T) {
	for name, d := range samples() {
		pdf := set(t, d)
		var docx bytes.Buffer
		if err := DOCX(&docx, d, Bundled()); err != nil {
			t.Error(err)
		}
		if out := os.Getenv("XINQIAO_PAPER_OUT"); out != "" {
			for file, data := range map[string][]byte{name + ".pdf": pdf, name + ".docx": docx.Bytes()} {
				if err := os.WriteFile(filepath.Join(out, file), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(pdf) > 400_000 || !strings.HasPrefix(string(pdf), "%PDF-1.7") {
			t.Errorf("%s: %d bytes", name, len(pdf))
		}
	}
}
