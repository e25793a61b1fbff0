package wording

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/platform/paper"
)

// Side is who issues a document.
type Side string

// The sides.
const (
	BureauSide Side = "bureau" // the petition bureau
	UnitSide   Side = "unit"   // the unit that handles
	EitherSide Side = "either" // whoever holds the case
	OwnSide    Side = "own"    // the petitioner's own paper, written down for them
)

// Kind is one sort of document (文书种类), a row of the table.
type Kind struct {
	ID       string // "D11", "D03-again"
	Code     string // D01–D29: the form of the list that it belongs to
	ZH, EN   string
	Basis    string     // the article that asks for it
	Paper    paper.Kind // how it is set
	Word     string     // 机关代字's ending: 名信处〔2026〕1号; "" = not numbered
	Side     Side
	Events   []casework.EventKind // after which it is suggested
	Clock    casework.Clock       // that it answers, "" = none
	Stages   []string             // handling, review, recheck; nil = any
	Tell     bool                 // goes to the petitioner, who is served
	Unit     bool                 // of a unit, not of a case
	ByHand   bool                 // filled in and signed with a pen: blanks may stay
	Joint    bool                 // of the parties or of others: it names no issuing body
	Slot     int                  // place in the dossier
	Required []string             // fields of View that it must carry
}

// stages of a case as the table names them.
var (
	handling = []string{"handling"}
	review   = []string{"review"}
	recheck  = []string{"recheck"}
	above    = []string{"review", "recheck"}
)

// Kinds is the whole list in the order of the forms.
var Kinds = []Kind{
	{ID: "D01", ZH: "信访事项登记表", EN: "Registration form", Basis: "《信访工作条例》第十九条、第二十一条", Paper: paper.Form, Side: EitherSide,
		Events: events("registered"), ByHand: true, Slot: 10, Required: fields("CaseNo Received RegisteredBy Channel Category Place Words People Petitioner")},
	{ID: "D02", ZH: "信访事项受理告知书", EN: "Notice of acceptance", Basis: "第二十三条", Paper: paper.Notice, Word: "受", Side: UnitSide,
		Events: events("accepted"), Clock: casework.T2, Stages: handling, Tell: true, Slot: 20,
		Required: fields("Petitioner Received Accepted Due Requests Handler HandlerPhone Lead QueryURL")},
	{ID: "D03", ZH: "信访事项不予受理告知书", EN: "Notice of non-acceptance", Basis: "第二十二条、第二十三条", Paper: paper.Notice, Word: "不受", Side: EitherSide,
		Events: events("declined"), Clock: casework.T2, Stages: handling, Tell: true, Slot: 21,
		Required: fields("Petitioner Received Requests Reason Basis RightBody Contact ContactPhone")},
	{ID: "D03-again", ZH: "信访事项不再受理告知书", EN: "Notice that a matter is not taken up again", Basis: "第三十六条", Paper: paper.Notice, Word: "不受", Side: EitherSide,
		Events: events("declined"), Clock: casework.T2, Tell: true, Slot: 22, Required: fields("Petitioner Received Requests Original.Number Contact ContactPhone")},
	{ID: "D03-route", ZH: "法定途径告知书", EN: "Notice of the legal route", Basis: "第三十一条", Paper: paper.Notice, Word: "途", Side: EitherSide,
		Events: events("diverted request_diverted route_explained"), Clock: casework.T2, Stages: handling, Tell: true, Slot: 23,
		Required: fields("Petitioner Received Requests Basis Contact ContactPhone")},
	{ID: "D04", ZH: "信访事项转送函", EN: "Letter of forwarding", Basis: "第二十二条", Paper: paper.Letter, Word: "转", Side: BureauSide,
		Events: events("forwarded"), Clock: casework.T1, Slot: 11, Required: fields("Lead CaseNo Received Channel Wish Contact ContactPhone")},
	{ID: "D05", ZH: "信访事项交办函", EN: "Letter of assignment", Basis: "第二十二条第三项", Paper: paper.Letter, Word: "交", Side: BureauSide,
		Events: events("assigned"), Clock: casework.T9, Slot: 12, Required: fields("Lead CaseNo Received ReportDue Wish Contact ContactPhone")},
	{ID: "D05-slip", ZH: "交办回执", EN: "Return slip of an assignment", Basis: "第二十二条第三项", Paper: paper.Form, Side: BureauSide,
		ByHand: true, Slot: 13, Required: fields("CaseNo Lead ReportDue Signed")},
	{ID: "D06", ZH: "信访事项异议（退回）申请表", EN: "Objection to a dispatch", Basis: "第二十三条", Paper: paper.Form, Side: UnitSide,
		Events: events("objected"), Clock: casework.T3, ByHand: true, Slot: 13, Required: fields("Lead Bureau CaseNo Reason Basis RightBody")},
	{ID: "D07", ZH: "约谈（接谈）笔录", EN: "Record of a talk", Basis: "第三十一条第六项", Paper: paper.Record, Side: UnitSide,
		Events: events("accepted"), ByHand: true, Slot: 30, Required: fields("CaseNo Petitioner Meeting.Began Meeting.Place Meeting.Staff Requests")},
	{ID: "D08", ZH: "调查核实笔录", EN: "Record of an inquiry", Basis: "第二十八条、第三十一条第六项", Paper: paper.Record, Side: UnitSide,
		ByHand: true, Slot: 31, Required: fields("CaseNo Meeting.Began Meeting.Place Meeting.Staff Facts")},
	{ID: "D09", ZH: "会商纪要", EN: "Minutes of a consultation", Basis: "第二十四条", Paper: paper.Record, Word: "纪", Side: EitherSide,
		Events: events("consulted consultation_held room_closed"), ByHand: true, Slot: 32, Required: fields("Meeting.Began Meeting.Attendees Meeting.Issue Meeting.Conclusion Basis Lead Due")},
	{ID: "D10", ZH: "延长办理期限告知书", EN: "Notice of extension", Basis: "第三十四条", Paper: paper.Notice, Word: "延", Side: UnitSide,
		Events: events("extension_ruled"), Clock: casework.T4, Stages: handling, Tell: true, Slot: 33,
		Required: fields("Petitioner OldDue NewDue Days Reason Head Handler HandlerPhone")},
	{ID: "D11", ZH: "信访处理意见书", EN: "Opinion on a petition", Basis: "第三十二条、第三十五条", Paper: paper.Notice, Word: "处", Side: UnitSide,
		Events: events("drafted approved"), Clock: casework.T4, Stages: handling, Tell: true, Slot: 40,
		Required: fields("Petitioner Received Accepted Requests Upper Handler HandlerPhone")},
	{ID: "D12", ZH: "送达回证", EN: "Receipt of service", Basis: "第二十三条、第三十五条", Paper: paper.Form, Side: EitherSide,
		Events: events("served"), ByHand: true, Slot: 50, Required: fields("CaseNo Petitioner Address Service.Documents Service.Method Service.Deliverers")},
	{ID: "D13", ZH: "复查（复核）申请书", EN: "Application for review", Basis: "第三十五条、第三十六条", Paper: paper.Form, Side: OwnSide,
		Events: events("review_requested"), Clock: casework.T5, ByHand: true, Slot: 60, Required: fields("Petitioner Original.Number Original.Received Requests Reason Upper")},
	{ID: "D14", ZH: "复查（复核）申请受理告知书", EN: "Notice that a review is taken up", Basis: "第三十五条、第三十六条", Paper: paper.Notice, Word: "复受", Side: EitherSide,
		Events: events("accepted taken_up"), Clock: casework.T12, Stages: above, Tell: true, Slot: 61, Required: fields("Petitioner Original.Number Received Accepted Due Contact ContactPhone")},
	{ID: "D14-decline", ZH: "复查（复核）申请不予受理告知书", EN: "Notice that a review is not taken up", Basis: "第三十五条、第三十六条", Paper: paper.Notice, Word: "复不受", Side: EitherSide,
		Events: events("declined"), Clock: casework.T12, Stages: above, Tell: true, Slot: 62, Required: fields("Petitioner Original.Number Received Reason Basis Contact ContactPhone")},
	{ID: "D15", ZH: "信访事项复查意见书", EN: "Opinion on review", Basis: "第三十五条", Paper: paper.Notice, Word: "复查", Side: EitherSide,
		Events: events("drafted approved"), Clock: casework.T6, Stages: review, Tell: true, Slot: 63,
		Required: fields("Petitioner Original.Issuer Original.Number Requests Facts Decision Basis Upper")},
	{ID: "D16", ZH: "信访事项复核意见书", EN: "Opinion on recheck", Basis: "第三十六条", Paper: paper.Notice, Word: "复核", Side: EitherSide,
		Events: events("drafted approved"), Clock: casework.T8, Stages: recheck, Tell: true, Slot: 64,
		Required: fields("Petitioner Original.Issuer Review.Issuer Review.Number Requests Facts Decision Basis")},
	{ID: "D17", ZH: "听证通知书", EN: "Notice of a hearing", Basis: "第三十一条第六项、第三十六条", Paper: paper.Notice, Word: "听", Side: EitherSide,
		Events: events("hearing_opened"), Tell: true, Slot: 34, Required: fields("Petitioner Hearing.Began Hearing.Place Hearing.Issue Hearing.Chair Hearing.Staff")},
	{ID: "D17-record", ZH: "听证笔录", EN: "Transcript of a hearing", Basis: "第三十一条第六项、第三十六条", Paper: paper.Record, Side: EitherSide,
		Events: events("hearing_opened"), ByHand: true, Slot: 35, Required: fields("CaseNo Hearing.Began Hearing.Place Hearing.Issue Hearing.Chair Hearing.Staff Petitioner")},
	{ID: "D17-opinion", ZH: "听证意见书", EN: "Conclusion of a hearing", Basis: "第三十一条第六项、第三十六条", Paper: paper.Notice, Word: "听", Side: EitherSide,
		Events: events("hearing_closed"), Tell: true, Slot: 36, Required: fields("Petitioner Hearing.Began Hearing.Place Hearing.Conclusion Facts Basis")},
	{ID: "D18", ZH: "调解协议书", EN: "Mediation agreement", Basis: "第三十三条，《人民调解法》第二十九条", Paper: paper.Record, Side: EitherSide,
		Events: events("mediation_recorded"), ByHand: true, Joint: true, Slot: 37, Required: fields("Petitioner Settlement.Other Facts Settlement.Disputed Settlement.Liability Settlement.Terms Settlement.Manner Settlement.Due Settlement.Mediator")},
	{ID: "D18-settle", ZH: "和解协议书", EN: "Settlement agreement", Basis: "第三十三条", Paper: paper.Record, Side: EitherSide,
		ByHand: true, Joint: true, Slot: 38, Required: fields("Petitioner Settlement.Other Facts Settlement.Terms Settlement.Manner Settlement.Due")},
	{ID: "D18-receipt", ZH: "办结确认书", EN: "Confirmation of receipt (voluntary)", Basis: "自愿填写，不是办结条件", Paper: paper.Form, Side: OwnSide,
		ByHand: true, Slot: 51, Required: fields("CaseNo Petitioner Title Served")},
	{ID: "D19", ZH: "办结报告", EN: "Report on handling", Basis: "第二十二条第三项", Paper: paper.Letter, Word: "报", Side: UnitSide,
		Events: events("served concluded replied"), Clock: casework.T9, Stages: handling, ByHand: true, Slot: 52, Required: fields("Bureau CaseNo Channel Requests Facts Opinion Basis Lead")},
	{ID: "D20", ZH: "结案审批报告单", EN: "Closing sheet", Basis: "第二十八条、第三十四条", Paper: paper.Form, Side: UnitSide,
		Events: events("served concluded"), Stages: handling, ByHand: true, Slot: 53, Required: fields("CaseNo Title Lead Registered Accepted Outcome Checks")},
	{ID: "D21", ZH: "督办函", EN: "Letter of supervision", Basis: "第三十九条、第四十条", Paper: paper.Letter, Word: "督", Side: BureauSide,
		Events: events("supervised"), Clock: casework.Supervision, Slot: 70, Required: fields("Lead CaseNo Forwarded Supervision.Problem Supervision.Requirement Supervision.Due Contact ContactPhone")},
	{ID: "D21-urge", ZH: "催办通知书", EN: "Reminder to a unit", Basis: "第四十条", Paper: paper.Letter, Word: "催", Side: BureauSide,
		Events: events("urged"), Slot: 71, Required: fields("Lead CaseNo Forwarded Supervision.Due Contact ContactPhone")},
	{ID: "D22", ZH: "信访工作意见函", EN: "Letter of advice on work", Basis: "第十四条、第四十条", Paper: paper.Letter, Word: "意见", Side: BureauSide, Unit: true,
		Slot: 80, Required: fields("Index.Region Index.Period Index.Level Index.Weak Index.Cause Index.Advice Index.Due")},
	{ID: "D22-slip", ZH: "整改情况反馈表", EN: "Form for the answer", Basis: "第四十条", Paper: paper.Form, Side: BureauSide, Unit: true,
		ByHand: true, Slot: 80, Required: fields("Index.Region Index.Period Index.Weak Index.Due")},
	{ID: "D23", ZH: "改进工作建议书", EN: "Recommendation: improve work", Basis: "第十四条、第四十条", Paper: paper.Letter, Word: "建", Side: BureauSide, Unit: true,
		Clock: casework.T10, Slot: 81, Required: fields("To Advice.Facts Advice.Evidence Advice.Basis Advice.Items Advice.Due")},
	{ID: "D23-policy", ZH: "完善政策建议书", EN: "Recommendation: improve policy", Basis: "第十四条、第四十条", Paper: paper.Letter, Word: "建", Side: BureauSide, Unit: true,
		Clock: casework.T10, Slot: 82, Required: fields("To Advice.Facts Advice.Evidence Advice.Basis Advice.Items Advice.Due")},
	{ID: "D23-account", ZH: "追究责任建议书", EN: "Recommendation: hold accountable", Basis: "第十四条、第四十条、第四十二条至第四十六条", Paper: paper.Letter, Word: "建", Side: BureauSide, Unit: true,
		Clock: casework.T10, Slot: 83, Required: fields("To Advice.Facts Advice.Evidence Advice.Basis Advice.Items Advice.Due")},
	{ID: "D24", ZH: "信访事项终结报告", EN: "Report on finalisation", Basis: "中信联发〔2011〕4号", Paper: paper.Letter, Word: "终", Side: BureauSide,
		Events: events("finalised"), Slot: 65, Required: fields("Upper CaseNo Petitioner Original.Number Review.Number Recheck.Number Opinion Arrangement")},
	{ID: "D24-file", ZH: "信访事项终结备案表", EN: "Finalisation: form for filing", Basis: "中信联发〔2011〕4号", Paper: paper.Form, Side: BureauSide,
		Events: events("finalised"), ByHand: true, Slot: 66, Required: fields("CaseNo Petitioner Original.Number Review.Number Recheck.Number Opinion")},
	{ID: "D25", ZH: "信访情况年度报告", EN: "Annual report", Basis: "第四十一条", Paper: paper.Report, Side: BureauSide, Unit: true,
		Slot: 84, Required: fields("To Report.Period Report.Figures Report.Fields Report.Units Report.Dispatch Report.Advice")},
	{ID: "D25-month", ZH: "信访情况月报", EN: "Monthly report", Basis: "第四十一条", Paper: paper.Report, Side: BureauSide, Unit: true, Slot: 85, Required: fields("Report.Period Report.Figures Report.Fields")},
	{ID: "D25-week", ZH: "信访情况周报", EN: "Weekly report", Basis: "第四十一条", Paper: paper.Report, Side: BureauSide, Unit: true, Slot: 86, Required: fields("Report.Period Report.Figures")},
	{ID: "D25-day", ZH: "信访和热线日报", EN: "Daily report", Basis: "第四十一条", Paper: paper.Report, Side: BureauSide, Unit: true, Slot: 87, Required: fields("Report.Period Report.Figures Report.Problems")},
	{ID: "D26", ZH: "12345热线工单", EN: "Hotline order sheet", Basis: "国办发〔2020〕53号", Paper: paper.Form, Side: EitherSide,
		ByHand: true, Slot: 14, Required: fields("CaseNo Received Channel Title Category Urgency Place Words Lead Due")},
	{ID: "D27", ZH: "律师意见书", EN: "Lawyer's opinion", Basis: "第十五条", Paper: paper.Record, Side: UnitSide,
		ByHand: true, Joint: true, Slot: 39, Required: fields("Lawyer.Name Lawyer.Firm Lawyer.Questions Lawyer.Law Lawyer.Opinion Facts")},
	{ID: "D28", ZH: "信访代办委托书", EN: "Mandate for an agent", Basis: "第十五条", Paper: paper.Form, Side: OwnSide,
		ByHand: true, Slot: 15, Required: fields("Petitioner Agent.Name Agent.Unit Agent.Phone Agent.Term Title")},
	{ID: "D28-tell", ZH: "信访代办告知书", EN: "Notice of an agent", Basis: "第十五条", Paper: paper.Notice, Word: "代", Side: EitherSide, Tell: true, Slot: 16, Required: fields("Petitioner Agent.Name Agent.Unit Agent.Phone")},
	{ID: "D28-decline", ZH: "不予代办告知书", EN: "Notice that no agent acts", Basis: "第十五条", Paper: paper.Notice, Word: "代", Side: EitherSide, Tell: true, Slot: 17, Required: fields("Petitioner Reason RightBody Contact ContactPhone")},
	{ID: "D29", ZH: "行政执法监督线索移送函", EN: "Clues for law-enforcement oversight", Basis: "第十四条", Paper: paper.Letter, Word: "移", Side: BureauSide, Unit: true, Slot: 88, Required: fields("To Clues Basis Due")},
	{ID: "D29-prosecutor", ZH: "检察建议线索移送函", EN: "Clues for the procuratorate", Basis: "第十四条", Paper: paper.Letter, Word: "移", Side: BureauSide, Unit: true, Slot: 89, Required: fields("To Clues Basis")},
}

func events(names string) []casework.EventKind {
	var out []casework.EventKind
	for _, name := range strings.Fields(names) {
		out = append(out, casework.EventKind(name))
	}
	return out
}

func fields(names string) []string { return strings.Fields(names) }

func init() {
	for i := range Kinds {
		Kinds[i].Code, _, _ = strings.Cut(Kinds[i].ID, "-")
	}
}

// Find gives the kind of an id.
func Find(id string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// Name gives the kind's name in a language.
func (k Kind) Name(lang string) string {
	if lang == "en" {
		return k.EN
	}
	return k.ZH
}

// Fits tells whether the kind belongs to a stage of a case.
func (k Kind) Fits(stage string) bool {
	if stage == "" {
		stage = "handling"
	}
	return !k.Unit && (k.Stages == nil || slices.Contains(k.Stages, stage))
}

// After tells whether an event calls for the kind.
func (k Kind) After(e casework.EventKind) bool { return slices.Contains(k.Events, e) }

var (
	bureauRoles = []access.Role{access.BureauClerk, access.BureauHead}
	unitRoles   = []access.Role{access.UnitHandler, access.UnitHead}
	heads       = []access.Role{access.BureauHead, access.UnitHead}
)

// Drafts tells whether an actor's role writes documents of this kind.
func (k Kind) Drafts(a access.Actor) bool {
	switch k.Side {
	case BureauSide:
		return a.Has(bureauRoles...)
	case UnitSide:
		return a.Has(unitRoles...) || a.Has(bureauRoles...) // a bureau may handle a case itself
	case OwnSide:
		return a.Has(bureauRoles...) || a.Has(unitRoles...) || a.Has(access.Operator, access.Agent)
	}
	return a.Has(bureauRoles...) || a.Has(unitRoles...)
}

// Approves tells whether an actor's role signs off and seals documents.
func Approves(a access.Actor) bool { return a.Has(heads...) }

//go:embed forms/*.txt
var forms embed.FS

// Default gives the text of a kind that the program brings.
func Default(id string) string {
	b, err := fs.ReadFile(forms, "forms/"+id+".txt")
	if err != nil {
		return ""
	}
	return string(b)
}
