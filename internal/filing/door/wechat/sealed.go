package wechat

import (
	"encoding/hex"

	"xinqiao/internal/platform/db"
	"xinqiao/internal/platform/reseal"
	"xinqiao/internal/platform/seal"
)

// dialoguePurpose binds what belongs to a dialogue to its door and to whose it
// is, both of which stand in the row.
func dialoguePurpose(door string, who []byte, what string) string {
	return "wechat:" + door + ":" + hex.EncodeToString(who) + ":" + what
}

// answerPurpose binds an answer to its row.
func answerPurpose(door, key string) string { return "wechat:" + door + ":answer:" + key }

// Sealed lists what this door keeps sealed, for the rotation of keys.
func (s Store) Sealed(keys *seal.Keyring) []reseal.Part {
	part := func(table string, names ...string) reseal.Keyed {
		return reseal.Keyed{DB: s.DB, Keys: keys, Table: table, Column: "body", Names: names}
	}
	dialogues, files, answers := part("door_dialogue", "door", "who"), part("door_dialogue_file", "door", "who", "dialogue", "n"), part("door_answer", "door", "key")
	dialogues.Row = func(r db.Rows, value *[]byte) ([]any, string, error) {
		var door string
		var who []byte
		err := r.Scan(&door, &who, value)
		return []any{door, who}, dialoguePurpose(door, who, "dialogue"), err
	}
	files.Row = func(r db.Rows, value *[]byte) ([]any, string, error) {
		var door, dialogue string
		var who []byte
		var n int64
		err := r.Scan(&door, &who, &dialogue, &n, value)
		return []any{door, who, dialogue, n}, dialoguePurpose(door, who, "file"), err
	}
	// Answers live a day; those from before they were bound to their row cannot
	// be opened from it.
	answers.Fleeting = true
	answers.Row = func(r db.Rows, value *[]byte) ([]any, string, error) {
		var door, key string
		err := r.Scan(&door, &key, value)
		return []any{door, key}, answerPurpose(door, key), err
	}
	return []reseal.Part{dialogues, files, answers}
}
