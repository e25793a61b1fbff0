package ui

import "xinqiao/internal/core/casework"

// verbIcons give each verb its picture.
var verbIcons = map[casework.Verb]string{
	casework.Triage: "tags", casework.Forward: "send", casework.Assign: "send", casework.Recall: "undo-2",
	casework.SignFor: "signature", casework.Object: "undo-2", casework.Rule: "gavel", casework.Accept: "circle-check",
	casework.Decline: "circle-slash", casework.Divert: "split", casework.RequestMaterial: "file-question-mark",
	casework.Record: "notebook-pen", casework.RequestExtension: "clock-plus", casework.RuleExtension: "clock-check",
	casework.Draft: "file-pen", casework.Approve: "stamp", casework.ReturnDraft: "undo-2", casework.Serve: "mail-check",
	casework.Reply: "reply", casework.ConcludeCase: "flag", casework.Withdraw: "log-out", casework.Supplement: "file-plus",
	casework.Urge: "bell-ring", casework.Rate: "star", casework.Contest: "rotate-ccw", casework.Dismiss: "circle-x", casework.Archive: "archive",

	casework.AddRequest: "list-plus", casework.AnswerRequest: "list-checks", casework.DivertRequest: "split",
	casework.ExplainRoute: "route", casework.ToOrdinary: "git-branch",
	casework.AddTask: "user-plus", casework.AnswerTask: "reply", casework.ReturnTask: "undo-2", casework.RecallTask: "circle-x",
	casework.Consult: "messages-square", casework.NameInterim: "play", casework.SettleDispute: "gavel",
	casework.Convene: "presentation", casework.Invite: "user-plus", casework.CloseRoom: "circle-check", casework.Reroute: "route",
	casework.Recuse: "user-x", casework.AskRecusal: "user-x", casework.RuleRecusal: "gavel",
	casework.RequestReview: "scale", casework.TakeUp: "circle-check", casework.OpenHearing: "mic", casework.CloseHearing: "flag",
	casework.Finalise: "lock", casework.OpenHelp: "hand-heart", casework.CloseHelp: "circle-check",
	casework.Redo: "refresh-cw", casework.LookAgain: "eye", casework.HoldConsultation: "messages-square", casework.CheckAbove: "shield-check",
	casework.AskPark: "pause", casework.RulePark: "gavel", casework.Resume: "play", casework.End: "ban", casework.Convert: "refresh-cw",
	casework.PromiseCallback: "phone", casework.CallBack: "phone-call", casework.Acknowledge: "eye", casework.NameSpeakers: "users",
	casework.Relate: "link", casework.Unrelate: "undo-2", casework.ProposeMediation: "handshake", casework.ConsentMediation: "handshake", casework.RecordMediation: "handshake",
	casework.Supervise: "megaphone", casework.GiveFeedback: "reply", casework.Instruct: "pencil-line", casework.AnswerInstruct: "reply",
	casework.DropDirective: "ban", casework.ReportUrgent: "triangle-alert",
}

// VerbIcon is the picture of a verb's button.
func VerbIcon(v casework.Verb) string { return verbIcons[v] }

// verbTopics say which page of help tells how a verb is used. What petitioners
// do themselves is explained on pages that are open to everybody.
var verbTopics = map[casework.Verb]string{
	casework.Register: "register", casework.Triage: "triage", casework.ReportUrgent: "triage",
	casework.Forward: "dispatch", casework.Assign: "dispatch", casework.Recall: "dispatch", casework.Reroute: "dispatch",
	casework.SignFor: "sign", casework.Object: "object", casework.Accept: "accept", casework.Decline: "accept", casework.Divert: "accept",
	casework.Record: "record", casework.RequestMaterial: "record", casework.RequestExtension: "extension", casework.RuleExtension: "extension",
	casework.Draft: "opinion", casework.Approve: "opinion", casework.ReturnDraft: "opinion", casework.Serve: "serve", casework.ConcludeCase: "conclude",
	casework.Reply: "simple", casework.ToOrdinary: "simple", casework.Archive: "finalise", casework.Finalise: "finalise",
	casework.OpenHelp: "finalise", casework.CloseHelp: "finalise", casework.Redo: "rework", casework.Dismiss: "rework",

	casework.AddRequest: "requests", casework.AnswerRequest: "requests", casework.DivertRequest: "requests", casework.ExplainRoute: "requests",
	casework.AddTask: "tasks", casework.AnswerTask: "tasks", casework.ReturnTask: "tasks", casework.RecallTask: "tasks",
	casework.Rule: "disputes", casework.Consult: "disputes", casework.NameInterim: "disputes", casework.SettleDispute: "disputes",
	casework.Convene: "room", casework.Invite: "room", casework.CloseRoom: "room",
	casework.TakeUp: "reviews", casework.OpenHearing: "reviews", casework.CloseHearing: "reviews",
	casework.Recuse: "recusal-desk", casework.RuleRecusal: "recusal-desk",
	casework.LookAgain: "ladder", casework.HoldConsultation: "ladder", casework.CheckAbove: "ladder",
	casework.AskPark: "parking", casework.RulePark: "parking", casework.Resume: "parking",
	casework.End: "hotline", casework.Convert: "hotline",
	casework.Acknowledge: "contact", casework.PromiseCallback: "contact", casework.CallBack: "contact",
	casework.Relate: "same", casework.Unrelate: "same",
	casework.ProposeMediation: "mediate", casework.RecordMediation: "mediate",
	casework.Supervise: "directives", casework.DropDirective: "directives", casework.Instruct: "instructions", casework.GiveFeedback: "press", casework.AnswerInstruct: "press",

	casework.Supplement: "urge", casework.Urge: "urge", casework.Withdraw: "urge", casework.Rate: "rate", casework.CoRate: "rate",
	casework.Contest: "contest", casework.RequestReview: "review", casework.AskRecusal: "recusal", casework.ConsentMediation: "mediation",
	casework.Cosign: "cosign", casework.NameSpeakers: "cosign",
}

// VerbTopic is the page of help about a verb.
func VerbTopic(v casework.Verb) string { return verbTopics[v] }
