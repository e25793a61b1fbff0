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
	casework.ProposeMediation: "handshake", casework.ConsentMediation: "handshake", casework.RecordMediation: "handshake",
	casework.Supervise: "megaphone", casework.GiveFeedback: "reply", casework.Instruct: "pencil-line", casework.AnswerInstruct: "reply",
	casework.ReportUrgent: "triangle-alert",
}

// VerbIcon is the picture of a verb's button.
func VerbIcon(v casework.Verb) string { return verbIcons[v] }
