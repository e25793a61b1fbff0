package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"xinqiao/internal/filing/door"
)

// largest is how much of a mail is fetched. What is larger is taken without
// its end, and stays where it is for a person to look at.
const largest = 40 << 20

// reader is one pass after another over an opened folder.
type reader struct {
	*Box
	c        *imapclient.Client
	sink     door.Sink
	validity uint32
}

// pass takes every mail after the mark, oldest first. It stops at the first
// that cannot be taken: the mark never passes a mail that is not in the tray.
func (r *reader) pass(ctx context.Context) error {
	mark, err := r.Memory.Mark(ctx, r.code)
	if err != nil {
		return err
	}
	if mark.Validity != r.validity { // the server counts anew, so we look at everything anew
		mark = Mark{Validity: r.validity}
	}
	after := imap.UIDSet{}
	after.AddRange(imap.UID(mark.UID+1), 0)
	found, err := r.c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{after}, Since: r.since, NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	for _, uid := range uids {
		if uint32(uid) <= mark.UID {
			continue // "n:*" always holds the last mail, seen or not
		}
		if err := r.take(ctx, uid); err != nil {
			return err
		}
		mark.UID = uint32(uid)
		if err := r.Memory.SetMark(ctx, r.code, mark); err != nil {
			return err
		}
	}
	return nil
}

// take brings one mail into the tray, and only then tells the server.
func (r *reader) take(ctx context.Context, uid imap.UID) error {
	raw, received, err := r.fetch(uid)
	if errors.Is(err, errGone) {
		return nil // somebody took it away meanwhile
	}
	if err != nil {
		return err
	}
	m := read(raw, r.own)
	a := m.arrival()
	a.Door, a.At, a.Draft.Channel = r.code, received, r.setting.Channel
	if len(m.refs) > 0 {
		if a.Thread, err = r.Memory.Thread(ctx, r.code, m.refs); err != nil {
			return err
		}
	}
	if a.Thread == "" {
		a.Thread = a.Key // it begins one: what answers it is found by this
	}
	if _, err := r.sink.Take(ctx, a); err != nil {
		return fmt.Errorf("the tray: %w", err)
	}
	if m.id != "" {
		if err := r.Memory.AddThread(ctx, r.code, m.id, a.Thread); err != nil {
			return err
		}
	}
	return r.tidy(uid, len(raw) >= largest)
}

// tidy marks a mail as read and moves it; one that was cut stays, flagged.
func (r *reader) tidy(uid imap.UID, cut bool) error {
	set := imap.UIDSetNum(uid)
	flags := []imap.Flag{imap.FlagSeen}
	if cut {
		flags = append(flags, imap.FlagFlagged)
	}
	if err := r.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close(); err != nil {
		return fmt.Errorf("mark as read: %w", err)
	}
	if r.done == "" || cut {
		return nil
	}
	var no *imap.Error
	err := r.move(set)
	if errors.As(err, &no) { // most likely there is no such folder yet
		if err := r.c.Create(r.done, nil).Wait(); err != nil && !errors.As(err, &no) {
			return err
		}
		err = r.move(set)
	}
	if errors.As(err, &no) { // it stays, read: the mark keeps us from it
		r.Log.Warn("a mail could not be moved", "door", r.code, "folder", r.done, "error", no.Code)
		return nil
	}
	return err
}

// move moves a mail, on servers of before RFC 6851 in three steps: the mail is
// deleted only after its copy is there, and no other mail is.
func (r *reader) move(set imap.UIDSet) error {
	if r.c.Caps().Has(imap.CapMove) {
		_, err := r.c.Move(set, r.done).Wait()
		return err
	}
	if _, err := r.c.Copy(set, r.done).Wait(); err != nil {
		return err
	}
	if err := r.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		return err
	}
	if r.c.Caps().Has(imap.CapUIDPlus) {
		return r.c.UIDExpunge(set).Close()
	}
	return nil
}

var errGone = errors.New("the mail is gone")

// fetch reads a mail without marking it as read.
func (r *reader) fetch(uid imap.UID) ([]byte, time.Time, error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: largest}}
	cmd := r.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}})
	var raw []byte
	received := r.Clock.Now()
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			switch x := item.(type) {
			case imapclient.FetchItemDataInternalDate:
				if !x.Time.IsZero() && x.Time.Before(received) {
					received = x.Time
				}
			case imapclient.FetchItemDataBodySection:
				if x.Literal == nil {
					continue
				}
				var err error
				if raw, err = io.ReadAll(io.LimitReader(x.Literal, largest)); err != nil {
					return nil, received, err
				}
			}
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, received, fmt.Errorf("fetch: %w", err)
	}
	if raw == nil {
		return nil, received, errGone
	}
	return raw, received, nil
}
