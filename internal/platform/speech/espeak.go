package speech

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Espeak is the free voice espeak-ng: robotic, small, understood. Its voice
// "cmn" reads Chinese as English letters; "cmn-latn-pinyin" is the right one.
type Espeak struct {
	Program string // default espeak-ng
	Speed   int    // words a minute; default 140, slower than the program's own
}

// voices by language.
var voices = map[string]string{"zh": "cmn-latn-pinyin", "en": "en"}

// program gives the program's name.
func (e Espeak) program() string {
	if e.Program == "" {
		return "espeak-ng"
	}
	return e.Program
}

// Speak reads the text.
func (e Espeak) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	voice, text := voices["zh"], ""
	if u.Lang == "en" {
		voice, text = voices["en"], Aloud(u.Text, "en")
	} else {
		text = pronounce(Aloud(u.Text, "zh"))
	}
	speed := e.Speed
	if speed <= 0 {
		speed = 140
	}
	pcm, err := program(ctx, text, e.program(), "--stdin", "--stdout", "-v", voice, "-s", fmt.Sprint(speed))
	if err == nil && len(pcm) == 0 {
		err = ErrSilent
	}
	return pcm, err
}

// Check tells whether the program is installed and has the Chinese voice.
func (e Espeak) Check(ctx context.Context) error {
	path, err := exec.LookPath(e.program())
	if err != nil {
		return fmt.Errorf("%s is not installed: no calls can be made with this voice", e.program())
	}
	list, err := exec.CommandContext(ctx, path, "--voices=cmn").Output()
	if err != nil {
		return fmt.Errorf("%s does not list its voices: %w", e.program(), err)
	}
	if !strings.Contains(string(list), voices["zh"]) {
		return errors.New("espeak-ng has no voice " + voices["zh"] + ": install espeak-ng-data")
	}
	return nil
}

// words (多音字词) are those that espeak-ng reads wrong character by character.
var words = strings.NewReplacer(
	"银行", " yin2hang2 ", "行长", " hang2zhang3 ", "处长", " chu4zhang3 ", "局长", " ju2zhang3 ", "科长", " ke1zhang3 ",
	"重新", " chong2xin1 ", "重复", " chong2fu4 ", "调解", " tiao2jie3 ", "答复", " da2fu4 ", "了解", " liao3jie3 ",
	"还款", " huan2kuan3 ", "退还", " tui4huan2 ", "归还", " gui1huan2 ", "因为", " yin1wei4 ", "音乐", " yin1yue4 ",
	"会计", " kuai4ji4 ", "都是", " dou1shi4 ", "给予", " ji3yu3 ", "供给", " gong1ji3 ", "参差", " cen1ci1 ",
	"着手", " zhuo2shou3 ", "着急", " zhao2ji2 ", "得到", " de2dao4 ", "取得", " qu3de2 ", "获得", " huo4de2 ", "地方", " di4fang1 ",
	"地址", " di4zhi3 ", "土地", " tu3di4 ", "宅基地", " zhai2ji1di4 ", "当地", " dang1di4 ", "地区", " di4qu1 ", "目的", " mu4di4 ",
	"处理", " chu3li3 ", "处罚", " chu3fa2 ", "处分", " chu3fen4 ", "处置", " chu3zhi4 ", "测量", " ce4liang2 ", "部分", " bu4fen4 ",
	"响应", " xiang3ying4 ", "回应", " hui2ying4 ", "供应", " gong1ying4 ", "给付", " ji3fu4 ",
	"出差", " chu1chai1 ", "朝阳", " chao2yang2 ", "重庆", " chong2qing4 ", "长沙", " chang2sha1 ", "厦门", " xia4men2 ",
)

// pronounce puts pinyin where espeak-ng would be wrong.
func pronounce(text string) string { return words.Replace(text) }
