package app

import (
	"xinqiao/internal/admin/account"
	"xinqiao/internal/insight/topic"
)

// topics is what groups messages, and its pages.
type topics struct {
	Topics     *topic.Service
	topicPages *topic.Web
}

// wireTopics makes what groups messages.
func (a *App) wireTopics() {
	a.Topics = topic.New(topic.Needs{DB: a.DB, Cases: gathered{a.DB, a.Intake, a.Sameness}, Units: a.Units, IDs: a.IDs, Clock: a.Clock})
	a.topicPages = topic.NewWeb(a.Topics, account.NewWeb(a.Account).Need)
	a.Topics.Schedule(a.Jobs)
}
