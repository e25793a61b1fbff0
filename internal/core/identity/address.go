package identity

import "unicode"

const hidden = "***"

// MaskAddress keeps an address down to the township 乡镇街道 and hides what
// follows; without a township it keeps down to the county, without either
// nothing: 咸宁市通山县南林桥镇***.
func MaskAddress(s string) string {
	r := []rune(Narrow(s))
	if len(r) == 0 {
		return ""
	}
	division := 0 // where the name of the last province, city or county ends
	for i := 0; i < len(r); i++ {
		if i == division {
			continue // the first character of a name is part of it: 镇江市, 路北区
		}
		if n := townshipEnd(r, i); n > 0 {
			return string(r[:n]) + hidden
		}
		if detail(r, i) {
			break
		}
		if isDivision(r, i) {
			division = i + 1
		}
	}
	return string(r[:division]) + hidden
}

// townshipEnd tells where a township's name ends if its last word begins at i.
// 景德镇市, 西乡县 and 西乡街道 are no townships at 镇 and 乡.
func townshipEnd(r []rune, i int) int {
	switch r[i] {
	case '街':
		if next(r, i) == '道' {
			return i + 2
		}
	case '苏':
		if next(r, i) == '木' {
			return i + 2
		}
	case '镇', '乡':
		switch next(r, i) {
		case '市', '县', '区', '镇', '乡', '街':
			return 0
		}
		return i + 1
	}
	return 0
}

// detail tells whether the street and house begin: they end the search, unless
// the word is part of a township's name (中关村街道, 人民路街道).
func detail(r []rune, i int) bool {
	switch r[i] {
	case '路', '街', '巷', '弄', '村', '号', '屯', '组', '栋', '幢', '楼', '室':
		switch next(r, i) {
		case '街', '镇', '乡':
			return false
		}
		return true
	case '区':
		switch r[i-1] {
		case '小', '社', '校', '厂', '宿':
			return true
		}
	}
	return unicode.IsDigit(r[i])
}

func isDivision(r []rune, i int) bool {
	switch r[i] {
	case '省', '市', '区', '县', '旗', '盟':
		return true
	case '州': // 自治州, while 杭州市 goes on
		return next(r, i) != '市' && next(r, i) != '区' && next(r, i) != '县'
	}
	return false
}

func next(r []rune, i int) rune {
	if i+1 < len(r) {
		return r[i+1]
	}
	return 0
}
