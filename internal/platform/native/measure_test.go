package native

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"xinqiao/internal/platform/ocr"
)

// letters are invented; numbers are of the region 990000, which does not exist.
var letters = []string{
	`关于小区夜间施工噪声的反映
尊敬的名川市信访局领导：
我是东江区柳岸街道翠湖花园7号楼501室的住户，姓名陈雨桐，联系电话13900001234，身份证号码990101198507120019。
自今年九月起，小区东侧的工地每天夜里十一点以后仍在打桩和浇筑混凝土，有时一直干到凌晨三点。楼里有八位七十岁以上的老人和十几个上学的孩子，夜夜不能入睡。我们先后拨打了四次热线，施工单位停了两天又照旧开工。
恳请有关部门核查该工地的夜间施工许可，督促其按规定时间作业，并把处理结果告知我们。此致敬礼！
2026年11月3日`,
	`请求解决拖欠工资的问题
信访局负责同志：
我叫王树林，家住西川县青石镇李家沟村3组28号，电话13700005678。2025年4月至12月，我和同村的十二名工友在高铁站前广场改造项目做木工，包工头拖欠工资共计86400元，其中欠我本人7250.5元。
我们去过项目部六次，得到的答复都是“等甲方拨款”。现在临近年底，孩子要交学费，老人要看病，实在拖不起了。我们手里有考勤表、工资结算单和聊天记录，可以随时提供。
请求劳动监察部门介入调查，责令总承包单位先行垫付，帮助我们拿回血汗钱。
2026年1月8日`,
	`关于农村饮用水浑浊的来信
领导您好：
我们是南岭乡石桥村的村民。村里的自来水从去年夏天开始发黄，有泥腥味，烧开以后壶底有一层沉淀。全村126户、480多口人都喝这口井的水，已有几户人家买桶装水做饭，一个月要多花90多元。
村委会说管网是2009年铺的，早就老化了，更换需要35万元，村集体拿不出来。我们向乡政府反映过，乡里说已经上报，但是至今没有下文。
请求水务部门来村取水化验，公布结果，并把管网改造列入今年的计划。联系人：周桂兰，电话13600009012。
2026年6月21日`,
	`建议在实验小学门口设置红绿灯
市信访局：
我是名川市第二实验小学三年级学生家长赵一鸣，住在北湖路16号2单元302室，手机13800003456。学校门口的北湖路与文昌街交叉口没有红绿灯，每天7时30分到8时车流量很大，电动车、送货车和接送孩子的汽车挤在一起。
上个月13日，一名学生过马路时被电动车撞倒，缝了5针。家长们自发轮流站岗，但是毕竟不是办法。
建议在该路口增设信号灯和减速带，上学放学时段安排交警或者协管员值守，费用如有困难，学校愿意承担一部分。盼望答复。
2026年3月16日`,
	`关于老旧小区加装电梯补贴的咨询与请求
信访局的同志：
我今年76岁，老伴患有关节炎，我们住在东江区红旗路88号机械厂家属院4栋601室。本单元12户已有11户签字同意加装电梯，总造价52.8万元，每户平均分摊4.4万元。
我们听说市里对加装电梯有补贴，每部15万元，但是街道说今年的名额已经用完，要等到明年。施工队已经签了合同，定金3万元已经付了，工期不能再拖。
请问补贴政策到底怎么规定，名额用完以后能不能顺延？希望给个准信。退休工人孙秀英，电话13500007890。
2026年8月30日`,
}

// fonts of the letters, as Debian installs them.
var fonts = []struct {
	name, path string
	index      int
}{
	{"宋 Noto Serif", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2},
	{"黑 Noto Sans", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2},
	{"楷 LXGW WenKai", "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", 0},
}

func face(t testing.TB, path string, index int, size float64) font.Face {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("a font is missing (packages fonts-noto-cjk, fonts-lxgw-wenkai): %v", err)
	}
	c, err := opentype.ParseCollection(b)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Font(index)
	if err != nil {
		t.Fatal(err)
	}
	out, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Half an A4 sheet at 150 dpi, as scanners make.
const (
	sheetWidth, sheetHeight = 1240, 1754
	margin, size, pitch     = 130, 34, 62
)

// write sets a letter: a heading in the middle, paragraphs indented by two.
func write(t testing.TB, text string, f font.Face, lined bool) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, sheetWidth, sheetHeight))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	if lined {
		for y := margin + 18; y < sheetHeight-margin; y += pitch {
			draw.Draw(m, image.Rect(margin-20, y, sheetWidth-margin+20, y+2), image.NewUniform(color.RGBA{220, 60, 60, 255}), image.Point{}, draw.Src)
		}
	}
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Gray{25}), Face: f}
	y := margin
	for i, paragraph := range strings.Split(text, "\n") {
		x, last := margin+2*size, i == strings.Count(text, "\n")
		if i == 0 {
			x = (sheetWidth - font.MeasureString(f, paragraph).Ceil()) / 2
		} else if i == 1 {
			x = margin
		} else if last {
			x = sheetWidth - margin - font.MeasureString(f, paragraph).Ceil()
		}
		for _, r := range paragraph {
			w, _ := f.GlyphAdvance(r)
			if x+w.Ceil() > sheetWidth-margin {
				x, y = margin, y+pitch
			}
			d.Dot = fixed.P(x, y)
			d.DrawString(string(r))
			x += w.Ceil()
		}
		y += pitch
	}
	if y > sheetHeight {
		t.Fatal("the letter is too long for its sheet")
	}
	return m
}

// warp draws what lies at to(x, y) of an image.
func warp(m *image.RGBA, to func(x, y float64) (float64, float64)) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for y := range sheetHeight {
		for x := range sheetWidth {
			sx, sy := to(float64(x), float64(y))
			x0, y0 := int(math.Floor(sx)), int(math.Floor(sy))
			fx, fy := sx-float64(x0), sy-float64(y0)
			at := func(x, y int) float64 {
				if !(image.Point{x, y}).In(m.Rect) {
					return 235
				}
				return float64(m.Pix[y*m.Stride+4*x])
			}
			v := (at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy
			out.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v), uint8(v), 255})
		}
	}
	return out
}

func turned(m *image.RGBA, degrees float64) *image.RGBA {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return warp(m, func(x, y float64) (float64, float64) {
		x, y = x-sheetWidth/2, y-sheetHeight/2
		return x*cos + y*sin + sheetWidth/2, y*cos - x*sin + sheetHeight/2
	})
}

// blurred averages over three by three points.
func blurred(m *image.RGBA) *image.RGBA {
	return warp(m, func(x, y float64) (float64, float64) { return x + 0.5, y + 0.5 })
}

func noisy(m *image.RGBA, by float64) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(m.Pix); i += 4 {
		n := r.NormFloat64() * by
		for c := range 3 {
			m.Pix[i+c] = uint8(min(max(float64(m.Pix[i+c])+n, 0), 255))
		}
	}
	return m
}

// photographed is seen from an angle, darker to one side.
func photographed(m *image.RGBA) *image.RGBA {
	out := warp(m, func(x, y float64) (float64, float64) {
		k := 1 + 0.00009*(y-sheetHeight/2) + 0.00005*(x-sheetWidth/2)
		return (x-sheetWidth/2)/k*1.08 + sheetWidth/2, (y-sheetHeight/2)/k*1.08 + sheetHeight/2
	})
	for y := range sheetHeight {
		for x := range sheetWidth {
			i := y*out.Stride + 4*x
			for c := range 3 {
				out.Pix[i+c] = uint8(float64(out.Pix[i+c]) * (1 - 0.35*float64(x)/sheetWidth))
			}
		}
	}
	return out
}

// faxed is six tenths of the size, black or white.
func faxed(m *image.RGBA) image.Image {
	w, h := sheetWidth*6/10, sheetHeight*6/10
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sum := 0
			for k := range 4 {
				sum += int(m.Pix[min(y*10/6+k/2, sheetHeight-1)*m.Stride+4*min(x*10/6+k%2, sheetWidth-1)])
			}
			if sum > 4*150 {
				out.SetGray(x, y, color.Gray{255})
			}
		}
	}
	return out
}

// ways are what happens to a letter before it is read.
var ways = []struct {
	name  string
	lined bool
	quick bool
	apply func(*image.RGBA) image.Image
	jpeg  int
}{
	{"clean print", false, true, func(m *image.RGBA) image.Image { return m }, 0},
	{"turned 1.5°, blurred", false, false, func(m *image.RGBA) image.Image { return blurred(turned(m, 1.5)) }, 85},
	{"turned −1.5°, noise, JPEG 50", false, false, func(m *image.RGBA) image.Image { return noisy(turned(m, -1.5), 14) }, 50},
	{"photograph: perspective, shade", false, false, func(m *image.RGBA) image.Image { return photographed(m) }, 75},
	{"fax: 60 %, 1 bit", false, false, func(m *image.RGBA) image.Image { return faxed(m) }, 0},
	{"red-lined paper, noise, JPEG 50", true, false, func(m *image.RGBA) image.Image { return noisy(m, 8) }, 50},
}

func encoded(t testing.TB, m image.Image, quality int) []byte {
	var b bytes.Buffer
	var err error
	if quality > 0 {
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// installed is an engine over the real helper, or a skipped test.
func installed(t testing.TB) *Engine {
	t.Helper()
	models, helper := os.Getenv("XINQIAO_MODELS"), os.Getenv("XINQIAO_HELPER")
	if models == "" || helper == "" {
		t.Skip("reads with real models when XINQIAO_HELPER and XINQIAO_MODELS name the helper (make helper) and their folder (make models)")
	}
	e := New(Options{Helper: helper, Models: models})
	t.Cleanup(e.Close)
	if s, err := e.Check(t.Context()); err != nil || s.Reading != Ready {
		t.Fatalf("the models are not usable: %+v %v", s, err)
	}
	return e
}

// fields are what must not be wrong: numbers of telephones, papers, doors, sums.
var fields = regexp.MustCompile(`\d[\d.]{2,}|\d+(?:号|室|栋|元|万元)`)

// TestReadLetters reads one clean letter; with XINQIAO_MEASURE=1 all thirty,
// and prints the table of docs/letters.md.
func TestReadLetters(t *testing.T) {
	e := installed(t)
	all := os.Getenv("XINQIAO_MEASURE") != ""
	if all {
		t.Log("| image | characters | wrong | CER | fields | wrong | s per page |\n|---|---|---|---|---|---|---|")
	}
	for _, w := range ways {
		if !w.quick && !all {
			continue
		}
		errs, chars, asked, missed, seconds := 0, 0, 0, 0, 0.0
		for i, text := range letters {
			if i > 0 && !all {
				break
			}
			f := fonts[i%len(fonts)]
			m := encoded(t, w.apply(write(t, text, face(t, f.path, f.index, size), w.lined)), w.jpeg)
			start := time.Now()
			page, err := e.Read(context.WithoutCancel(t.Context()), m)
			if err != nil {
				t.Fatal(w.name, err)
			}
			seconds += time.Since(start).Seconds()
			n, c := ocr.Rate(text, page.Text())
			errs, chars = errs+n, chars+c
			for _, field := range fields.FindAllString(text, -1) {
				if asked++; !strings.Contains(page.Text(), field) {
					missed++
				}
			}
			if w.quick && float64(n) > 0.01*float64(c) {
				t.Errorf("%s, %s: %d of %d characters wrong:\n%s", w.name, f.name, n, c, page.Text())
			}
			if got, want := strings.Count(page.Text(), "\n"), strings.Count(text, "\n"); w.quick && got != want {
				t.Errorf("%d paragraphs, want %d:\n%s", got+1, want+1, page.Text())
			}
		}
		if all {
			t.Logf("| %s | %d | %d | %.2f %% | %d | %d | %.1f |", w.name, chars, errs, 100*float64(errs)/float64(chars), asked, missed, seconds/float64(len(letters)))
		}
	}
}

// TestReadTurned: a sheet that went in the wrong way is read all the same, and
// its outlines lie on the image as it came.
func TestReadTurned(t *testing.T) {
	e := installed(t)
	upright := write(t, letters[0], face(t, fonts[0].path, fonts[0].index, size), false)
	for degrees, m := range map[int]image.Image{180: quarter(quarter(upright)), 90: quarter(quarter(quarter(upright))), 270: quarter(upright)} {
		t.Run(fmt.Sprint(degrees), func(t *testing.T) {
			page, err := e.Read(t.Context(), encoded(t, m, 0))
			if err != nil {
				t.Fatal(err)
			}
			n, c := ocr.Rate(letters[0], page.Text())
			if page.Turn != degrees || float64(n) > 0.02*float64(c) {
				t.Errorf("turned by %d, %d of %d wrong:\n%s", page.Turn, n, c, page.Text())
			}
			for _, l := range page.Lines {
				for _, p := range l.Quad {
					if p.X < -1 || p.Y < -1 || p.X > float64(page.Width)+1 || p.Y > float64(page.Height)+1 {
						t.Fatalf("%v lies outside %d × %d", l.Quad, page.Width, page.Height)
					}
				}
			}
		})
	}
}

// quarter turns clockwise.
func quarter(m *image.RGBA) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.SetRGBA(h-1-y, x, m.RGBAAt(x, y))
		}
	}
	return out
}
