package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
)

// Place is the small city that benchmarks play in.
type Place struct {
	City       int64 // its unit
	Bureau     int64 // its petition bureau
	Areas      []int64
	Units      []int64 // departments that handle
	Categories []string
	Clerk      access.Actor
}

// Life is a whole case as a store holds it after some years.
type Life struct {
	At    time.Time
	Steps []casework.Action
}

// openShare is how many of a hundred cases are not closed yet.
const openShare = 6

// NewLife invents the life of the i-th of n cases, the oldest first. With
// open, none is closed.
func (p Place) NewLife(r *rand.Rand, i, n int, now time.Time, open bool) Life {
	if open || r.IntN(100) < openShare {
		return p.openLife(r, now)
	}
	const years = 3 * 365 * 24 * time.Hour
	l := Life{At: now.Add(-years + time.Duration(float64(i)/float64(n)*float64(years-30*24*time.Hour)))}
	at := l.dispatch(p, r)
	if r.IntN(25) == 0 {
		l.add(casework.Decline, p.handler(l.Steps[0].Data.UnitID), at.Add(hours(r, 20)), casework.Data{Reason: "不属于本单位职权范围", Basis: "条例第三十一条"})
	} else {
		at = l.accept(p, r, at)
		at = at.Add(hours(r, 100))
		l.add(casework.Reply, p.handler(l.Steps[0].Data.UnitID), at, ReplyData(r.IntN(1000)))
	}
	if r.IntN(5) < 3 {
		grade := casework.Grade(1 + r.IntN(4))
		l.add(casework.Rate, access.Actor{Role: access.Petitioner}, at.Add(24*time.Hour+hours(r, 48)), casework.Data{RatedUnit: grade, RatedResult: grade})
	}
	if filed := at.AddDate(0, 0, 32); filed.Before(now) {
		l.add(casework.Archive, access.Actor{Role: access.System}, filed, casework.Data{})
	}
	return l
}

// openLife is a case of the last weeks that waits for its bureau or its unit.
func (p Place) openLife(r *rand.Rand, now time.Time) Life {
	stage := r.IntN(3)
	l := Life{At: now.Add(-[]time.Duration{16, 24, 50}[stage]*24*time.Hour + hours(r, 15*24))}
	if stage == 0 {
		return l
	}
	at := l.dispatch(p, r)
	if stage == 2 {
		l.accept(p, r, at)
	}
	return l
}

func (l *Life) dispatch(p Place, r *rand.Rand) time.Time {
	at := l.At.Add(hours(r, 20))
	l.add(casework.Forward, p.Clerk, at, p.ForwardData(r.IntN(len(p.Units)), r.IntN(len(p.Categories))))
	return at
}

func (l *Life) accept(p Place, r *rand.Rand, at time.Time) time.Time {
	at = at.Add(hours(r, 70))
	l.add(casework.Accept, p.handler(l.Steps[0].Data.UnitID), at, casework.Data{})
	return at
}

func (l *Life) add(v casework.Verb, a access.Actor, at time.Time, d casework.Data) {
	l.Steps = append(l.Steps, casework.Action{Verb: v, Actor: a, Data: d, Now: at})
}

func (p Place) handler(unit int64) access.Actor {
	return access.Actor{ID: unit, Role: access.UnitHandler, UnitID: unit, AreaID: p.City, AreaDepth: 1}
}

func hours(r *rand.Rand, most int) time.Duration {
	return time.Duration(1+r.IntN(most*60)) * time.Minute
}

// ForwardData sends a case to one of the units.
func (p Place) ForwardData(unit, category int) casework.Data {
	return casework.Data{
		UnitID: p.Units[unit], Category: p.Categories[category], Nature: casework.R7,
		Urgency: casework.Blue, Procedure: casework.Simple,
	}
}

// ReplyData answers a case.
func ReplyData(n int) casework.Data {
	return casework.Data{
		Outcome: casework.Resolved, Evidence: "现场照片已存档",
		Text: fmt.Sprintf("经核查，您反映的情况属实。我单位已于第%d次现场检查时完成整改，今后将加强巡查。感谢您的监督。", 1+n%9),
	}
}

var (
	streets  = []string{"青石桥街", "望江路", "城南大道", "梧桐巷", "丰收村", "临川社区", "工农路", "书院街", "柳湖小区", "云门镇", "河西新村", "松涛苑", "长乐坊", "金盘路", "北门口", "清溪桥"}
	troubles = []string{"路灯不亮", "下水道堵塞", "夜间施工噪音大", "电梯经常停运", "垃圾堆放没人清理", "拖欠工资", "占道停车", "自来水发黄", "井盖破损", "物业不退押金", "油烟扰民", "公交班次太少", "暖气不热", "宅基地有争议", "低保申请没有回音", "违章搭建"}
	details  = []string{"已经持续三个多月", "多次打电话没有人管", "老人小孩出行很不方便", "上个月有人摔伤", "同楼的邻居都有意见", "之前答应处理一直没有动静", "一到下雨天就更严重", "晚上根本没法休息"}
	wishes   = []string{"希望尽快派人来看", "请求督促有关单位处理", "希望给一个明确的期限", "请公开处理结果"}
)

// Words invents what a petitioner says; the same n says the same.
func Words(n int) (title, words, wish, place string) {
	pick := func(list []string, salt int) string { return list[(n/salt+n*7)%len(list)] }
	place = fmt.Sprintf("%s%d号", pick(streets, 3), 1+n%188)
	trouble := pick(troubles, 5)
	title = place + trouble
	words = fmt.Sprintf("我是%s的住户，家附近%s，%s，%s。%s第%d单元受影响最大，%s。",
		place, trouble, pick(details, 1), pick(details, 2), place, 1+n%12, pick(details, 7))
	return title, words, pick(wishes, 4), place
}

// Name invents a person: a name, a mobile number that is in nobody's hands,
// and an address.
func Name(n int) (name, phone, address string) {
	family := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林")
	given := []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚")
	name = string([]rune{family[n%len(family)], given[(n/16)%len(given)], given[(n/320)%len(given)]})
	return name, fmt.Sprintf("1380000%04d", n%10000), "名川市" + streets[n%len(streets)] + "1号"
}
