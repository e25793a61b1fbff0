package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/core/identity"
	"xinqiao/internal/platform/fault"
)

// The fields that a column of a file of history can hold, with the names by
// which they are found without being told.
var importNames = map[string][]string{
	"key":         {"msg_id", "id", "no", "编号", "留言编号", "信件编号", "来信编号", "工单编号", "工单号", "信访件编号", "登记编号", "序号"},
	"title":       {"title", "subject", "主题", "标题", "留言主题", "信件标题", "来信标题", "工单标题"},
	"words":       {"words", "detail", "text", "content", "内容", "留言内容", "留言详情", "来信内容", "信件内容", "信访内容", "诉求内容", "反映内容", "工单内容", "问题描述", "概况"},
	"wish":        {"wish", "诉求", "请求", "要求"},
	"received_at": {"received_at", "time", "date", "created_at", "时间", "日期", "留言时间", "来信时间", "来信日期", "信访日期", "登记时间", "登记日期", "受理时间", "提交时间"},
	"occurred_on": {"occurred_on", "发生日期", "发生时间", "事发日期"},
	"name":        {"name", "user", "姓名", "信访人", "信访人姓名", "来信人", "来电人", "联系人", "留言用户", "留言人"},
	"phone":       {"phone", "mobile", "tel", "电话", "手机", "手机号", "手机号码", "联系电话", "来电号码"},
	"id_no":       {"id_no", "id_card", "身份证", "身份证号", "身份证号码", "证件号码"},
	"address":     {"address", "住址", "地址", "联系地址", "住所地"},
	"place":       {"place", "地点", "事发地点", "问题发生地", "事发地"},
	"area":        {"area", "区划", "行政区划", "区域", "所属区域", "问题属地", "属地", "区县"},
	"persons":     {"persons", "人数", "信访人数"},
}

// Mapping says which column holds which field.
type Mapping struct {
	source string
	at     map[string]int
	areas  map[string]int64 // codes and names of places
}

// MapColumns finds the columns of the fields: those that were asked for, then
// those with known names. source names the collection.
func (s *Service) MapColumns(columns []string, asked map[string]string, source string) (Mapping, error) {
	m := Mapping{source: source, at: map[string]int{}, areas: map[string]int64{}}
	place := map[string]int{}
	for i, c := range columns {
		if c = plainName(c); c != "" {
			if _, twice := place[c]; !twice {
				place[c] = i
			}
		}
	}
	for field, column := range asked {
		i, ok := place[plainName(column)]
		if _, known := importNames[field]; !known {
			return m, fmt.Errorf("there is no field %q; the fields are %s", field, strings.Join(ImportFields(), ", "))
		}
		if !ok {
			return m, fmt.Errorf("there is no column %q; the columns are %s", column, strings.Join(columns, ", "))
		}
		m.at[field] = i
	}
	for field, names := range importNames {
		for _, n := range names {
			if i, ok := place[n]; ok && !m.has(field) && !m.taken(i) {
				m.at[field] = i
			}
		}
	}
	if !m.has("words") {
		return m, fmt.Errorf("no column is known to hold the words; say which with --column words=…; the columns are %s", strings.Join(columns, ", "))
	}
	for _, u := range s.units.All() {
		if u.Active && u.Area == u.ID {
			m.areas[u.Code], m.areas[u.NameZH] = u.ID, u.ID
		}
	}
	return m, nil
}

// ImportFields lists the fields that can be mapped.
func ImportFields() []string {
	out := make([]string, 0, len(importNames))
	for f := range importNames {
		out = append(out, f)
	}
	sort.Strings(out)
	return out
}

func plainName(c string) string {
	return strings.ToLower(strings.TrimSpace(identity.Narrow(strings.TrimPrefix(c, "\ufeff"))))
}

func (m Mapping) has(field string) bool { _, ok := m.at[field]; return ok }

func (m Mapping) taken(column int) bool {
	for _, i := range m.at {
		if i == column {
			return true
		}
	}
	return false
}

// String tells the mapping, for people to check: words=4 (counted from 1).
func (m Mapping) String() string {
	parts := make([]string, 0, len(m.at))
	for f, i := range m.at {
		parts = append(parts, f+"="+strconv.Itoa(i+1))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Fields gives the column of each field, counted from 0.
func (m Mapping) Fields() map[string]int { return m.at }

// Filing makes a filing of a row. What cannot be read is a fault of the row
// that names the field.
func (m Mapping) Filing(l Line) (Filing, error) {
	bad := fault.New(fault.Invalid, "intake.invalid")
	get := func(field string) string {
		i, ok := m.at[field]
		if !ok || i >= len(l.Cells) {
			return ""
		}
		v := strings.TrimSpace(l.Cells[i])
		if strings.ContainsRune(v, utf8.RuneError) {
			bad.Field(field, "intake.text_unreadable")
		}
		return v
	}
	f := Filing{
		Actor: access.Actor{Role: access.Petitioner}, Channel: casework.Imported, Purpose: Request,
		Title: shorten(get("title")), Words: get("words"), Wish: get("wish"), Place: get("place"),
		Who: Petitioner{Phone: get("phone"), IDNo: get("id_no"), Address: get("address")},
	}
	if title := get("title"); f.Words == "" {
		f.Words = title
	} else if title != f.Title {
		f.Words = title + "\n" + f.Words // cut as a title, whole here
	}
	if name := get("name"); isName(name) {
		f.Who.Name = name
	}
	m.readTimes(bad, get, &f)
	if n := get("persons"); n != "" {
		var err error
		if f.Persons, err = strconv.Atoi(n); err != nil {
			bad.Field("persons", "intake.import_number")
		}
	}
	if area := get("area"); area != "" {
		if f.AreaID = m.areas[area]; f.AreaID == 0 {
			bad.Field("area", "intake.area_unknown")
		}
	}
	f.Key = m.key(get("key"), l)
	return f, bad.OrNil()
}

func (m Mapping) readTimes(bad *fault.Error, get func(string) string, f *Filing) {
	if at := get("received_at"); at != "" {
		t, ok := readTime(at)
		if !ok {
			bad.Field("received_at", "intake.import_time")
		}
		f.ReceivedAt = t
	}
	if on := get("occurred_on"); on != "" {
		t, ok := readTime(on)
		if !ok {
			bad.Field("occurred_on", "intake.import_time")
		}
		f.OccurredOn = t.Format("2006-01-02")
	}
}

// key makes a row known again: by its id in its collection, else by its text.
func (m Mapping) key(id string, l Line) string {
	if id != "" && len(m.source)+len(id) < maxKey-2 {
		return m.source + "/" + id
	}
	h := sha256.New()
	for _, c := range append([]string{m.source, id}, l.Cells...) {
		fmt.Fprintf(h, "%d:%s", len(c), c)
	}
	return hex.EncodeToString(h.Sum(nil)[:24])
}

// isName tells a person's name from an account such as A000102948 or a
// placeholder: an account tells nobody who somebody is, and is left out.
func isName(s string) bool {
	if slices.Contains([]string{"匿名", "不详", "未知", "无", "网友", "佚名"}, s) {
		return false
	}
	letters := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}

// shorten cuts a title that another system allowed to be longer.
func shorten(title string) string {
	if utf8.RuneCountInString(title) <= MaxTitle {
		return title
	}
	return string([]rune(title)[:MaxTitle-1]) + "…"
}
