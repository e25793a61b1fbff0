package mailbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"xinqiao/internal/filing/door"
	"xinqiao/internal/filing/door/doortest"
)

func TestMailIsTakenThenMoved(t *testing.T) {
	for name, caps := range map[string][]imap.Cap{"move": {imap.CapMove, imap.CapUIDPlus}, "copy": {imap.CapUIDPlus}, "copy without uidplus": nil} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, caps...)
			h.deliver(letterOf(1), letterOf(2))
			s, n := &tray{}, &notes{}
			run(t, h.box(n, nil), s)
			eventually(t, "two are taken", func() bool { return len(s.arrivals()) == 2 })
			h.deliver(letterOf(3)) // while it idles
			eventually(t, "the third is taken", func() bool { return len(s.arrivals()) == 3 })
			eventually(t, "all are moved", func() bool { return h.count("Processed") == 3 })
			if len(caps) > 0 && h.count("INBOX") != 0 {
				t.Errorf("%d are left in the inbox", h.count("INBOX"))
			}
			a := s.arrivals()[2]
			if a.Door != "mayor-mail" || a.Draft.Channel != "mail" || a.From != "reader3@example.org" || a.Draft.Person.Name != "王小明" ||
				a.Draft.Title != "路灯 3" || !strings.HasPrefix(a.Draft.Words, "第3封") || a.Ready || string(a.Raw.Data) != letterOf(3) {
				t.Errorf("arrival %+v", a)
			}
		})
	}
}

func TestNothingIsMarkedBeforeTheTrayHasIt(t *testing.T) {
	h := newHouse(t, imap.CapMove)
	h.deliver(letterOf(1), letterOf(2))
	s, n := &tray{fail: errDisk}, &notes{}
	stop := run(t, h.box(n, nil), s)
	eventually(t, "it tried", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.took > 0 })
	if d, _ := h.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true}); *d.NumUnseen != 2 || h.count("INBOX") != 2 || n.mark.UID != 0 {
		t.Errorf("unseen %d of %d, mark %v", *d.NumUnseen, h.count("INBOX"), n.mark)
	}
	s.set(nil)
	eventually(t, "both are taken", func() bool { return len(s.arrivals()) == 2 })
	eventually(t, "both are moved", func() bool { return h.count("Processed") == 2 })
	stop()
}

func TestAServerThatGoesAndComesBack(t *testing.T) {
	h := newHouse(t, imap.CapMove)
	h.deliver(letterOf(1))
	s, n := &tray{}, &notes{}
	run(t, h.box(n, nil), s)
	eventually(t, "one is taken", func() bool { return len(s.arrivals()) == 1 })
	for i := 2; i <= 4; i++ {
		_ = h.srv.Close()
		h.deliver(letterOf(i))
		h.start()
		eventually(t, "the next is taken", func() bool { return len(s.arrivals()) == i })
	}
}

func TestAFolderThatIsCountedAnewDoublesNothing(t *testing.T) {
	h := newHouse(t)
	h.deliver(letterOf(1), letterOf(2))
	s, n := &tray{}, &notes{}
	b := h.box(n, func(s *door.Setting) { s.Values["done"] = "" }) // they stay
	stop := run(t, b, s)
	eventually(t, "two are taken", func() bool {
		return len(s.arrivals()) == 2 && func() bool { n.mu.Lock(); defer n.mu.Unlock(); return n.mark.UID == 2 }()
	})
	stop()
	if err := h.user.Delete("INBOX"); err != nil { // restored from a backup, in another order
		t.Fatal(err)
	}
	if err := h.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	h.deliver(letterOf(2), letterOf(1), letterOf(3))
	run(t, b, s)
	eventually(t, "the new one is taken", func() bool { return len(s.arrivals()) == 3 })
	if s.took != 5 {
		t.Errorf("looked at %d", s.took)
	}
}

func TestRefusedAndWrongSettings(t *testing.T) {
	h := newHouse(t)
	b := h.box(&notes{}, func(s *door.Setting) { s.Values["password"] = "another" })
	if err := b.Probe(context.Background()); !errors.Is(err, errRefused) {
		t.Errorf("probe: %v", err)
	}
	if err := b.Run(context.Background(), &tray{}); !errors.Is(err, errRefused) {
		t.Errorf("run: %v", err)
	}
	if err := h.box(&notes{}, nil).Probe(context.Background()); err != nil {
		t.Errorf("probe: %v", err)
	}
	if err := h.box(&notes{}, func(s *door.Setting) { s.Values["folder"] = "Nowhere" }).Probe(context.Background()); err == nil || !strings.HasPrefix(err.Error(), "folder: ") {
		t.Errorf("a folder that is not there: %v", err)
	}
	for field, values := range map[string]map[string]string{
		"security": {"server": "imap.example.org", "security": "plain"}, "user": {"user": ""}, "server": {"server": ""},
		"since": {"since": "yesterday"}, "address": {"address": "nobody"},
	} {
		s := door.Setting{Values: map[string]string{"server": "127.0.0.1", "security": "plain", "user": "u", "password": "p"}}
		for k, v := range values {
			s.Values[k] = v
		}
		if _, err := open(Needs{}, s); err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestAThreadIsFollowed(t *testing.T) {
	h := newHouse(t, imap.CapMove)
	answer := strings.Replace(strings.Replace(letterOf(2), "Date:", "In-Reply-To: <m1@example.org>\r\nDate:", 1), "第2封", "补充", 1)
	third := strings.Replace(letterOf(3), "Date:", "References: <unknown@example.org> <m2@example.org>\r\nDate:", 1)
	h.deliver(letterOf(1), answer, third, letterOf(4))
	s, n := &tray{}, &notes{}
	run(t, h.box(n, nil), s)
	eventually(t, "all are taken", func() bool { return len(s.arrivals()) == 4 })
	all := s.arrivals()
	if all[0].Thread != all[0].Key || all[1].Thread != all[0].Key || all[2].Thread != all[0].Key || all[3].Thread != all[3].Key {
		t.Errorf("threads %q %q %q %q", all[0].Thread, all[1].Thread, all[2].Thread, all[3].Thread)
	}
}

func TestItEndsWhenItIsTold(t *testing.T) {
	h := newHouse(t)
	stop := run(t, h.box(&notes{}, nil), &tray{})
	time.Sleep(50 * time.Millisecond)
	begun := time.Now()
	stop()
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestExercise(t *testing.T) {
	h := newHouse(t, imap.CapMove)
	n := &notes{}
	delivered := map[int]bool{}
	doortest.Exercise(t, doortest.Subject{
		Private: []string{"reader", "路灯", "王小明"}, Patience: 15 * time.Second,
		Open: func(t *testing.T, _ door.Sink) door.Door { return openBox(t, n, h.addr, nil) },
		Send: func(i int) error {
			if !delivered[i] {
				delivered[i] = true
				h.deliver(letterOf(i))
			}
			return nil
		},
		Break: func() { _ = h.srv.Close() },
		Mend:  h.start,
	})
}
