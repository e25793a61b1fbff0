package kiosk

// Tile is what can be touched on the first page.
type Tile struct {
	Name string // words under "kiosk.tile.<name>"
	Icon string
	To   string
}

// tiles are the platform's own.
var tiles = []Tile{
	{"file", "pencil-line", "/kiosk/file"},
	{"follow", "route", "/follow"},
	{"rate", "star", "/follow"},
	{"booking", "calendar-days", "/about/leaders"},
	{"suggest", "message-square-text", "/kiosk/file?purpose=suggestion"},
	{"about", "landmark", "/about"},
}

// platform is one of six that a hall brings together (六平台). What is not ours
// is told, with a code that a phone reads: the machine itself leads nowhere
// else, since nobody wipes other people's pages.
type platform struct {
	Name, Icon, To string
	Link           bool // has an address elsewhere
}

var platforms = []platform{
	{"petition", "messages-square", "/kiosk/file", false},
	{"discipline", "shield-check", "/kiosk/file?purpose=accusation", false}, // the confidential lane
	{"affairs", "building-2", "", true},
	{"approval", "stamp", "", true},
	{"community", "users", "", true},
	{"review", "star", "", true},
}

func findTile(name string) (string, bool) {
	for _, t := range tiles {
		if t.Name == name {
			return t.To, true
		}
	}
	for _, p := range platforms {
		if p.Name == name && p.To != "" {
			return p.To, true
		}
	}
	return "", false
}

func findPlatform(name string) (platform, bool) {
	for _, p := range platforms {
		if p.Name == name {
			return p, true
		}
	}
	return platform{}, false
}
