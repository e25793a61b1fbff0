package app

import (
	"context"

	"xinqiao/internal/core/access"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/network"
)

// demoKioskKey pairs the kiosk of the invented city: code hall-1.
const demoKioskKey = "demo-key-of-the-hall-1"

// demoNetwork gives the agent of the city a morning's work, and the city hall a
// kiosk.
func (a *App) demoNetwork(ctx context.Context) error {
	agent, err := a.demoActor(ctx, "agent")
	if err != nil {
		return err
	}
	now := a.Clock.Now()
	for i, act := range []network.Act{
		{Mode: network.Direct, Service: "A16", Done: "phoned"}, {Mode: network.Direct, Service: "A08", Done: "explained"},
		{Mode: network.Help, Service: "A12", Done: "form"}, {Mode: network.Help, Service: "A11", Done: "accompanied"}, {Service: "X02", Told: true},
	} {
		act.Actor, act.Key, act.At = agent, "demo-service-of-agent-"+string(rune('a'+i)), now
		if _, err := a.Network.Record(ctx, act, now); err != nil {
			return err
		}
	}
	err = a.Doors.Save(ctx, access.Actor{Role: access.System}, door.Entry{
		Code: "hall-1", Kind: "kiosk", Channel: casework.Kiosk, NameZH: "市民大厅自助终端", NameEN: "Kiosk of the city hall", Active: true,
	}, map[string]string{"key": demoKioskKey, "idle": "60", "bridge": "17890", "paper": "80"})
	if err != nil {
		return err
	}
	return a.Kiosks.SetNotices(ctx, 0, "hall-1", "法律援助 | Legal aid | 大厅二楼 208，工作日 9:00–17:00，请带身份证。 | Room 208, working days 9–17; bring your identity card.\n老年人帮办 | Help for the elderly | 按窗口铃，工作人员过来帮您。 | Ring at the counter; somebody comes to help.", now)
}
