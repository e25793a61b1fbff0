package archtest

import "strings"

// layer is a storey of the house.
type layer string

const (
	layerCmd        layer = "cmd"
	layerApp        layer = "app"
	layerCapability layer = "capability"
	layerCore       layer = "core"
	layerUI         layer = "ui"
	layerPlatform   layer = "platform"
	layerEmbedded   layer = "embedded" // migrations and web assets: files, no logic
	layerRules      layer = "archtest"
	layerOutside    layer = "outside" // std and libraries
	layerUnknown    layer = "unknown"
)

// stages are the five online and the two services.
var stages = []string{"filing", "handling", "feedback", "oversight", "insight", "contact", "admin"}

// place says where an import path or folder of this module stands; unit is the
// capability or core package, the rest of the path being inside it.
func place(pkg string) (l layer, unit string) {
	rel, ours := strings.CutPrefix(pkg, module+"/")
	if !ours {
		return layerOutside, ""
	}
	parts := strings.Split(rel, "/")
	switch parts[0] {
	case "cmd":
		return layerCmd, rel
	case "migrations", "web":
		return layerEmbedded, rel
	case "internal":
		if len(parts) > 1 {
			return placeInternal(parts)
		}
	}
	return layerUnknown, rel
}

// placeInternal places internal/….
func placeInternal(parts []string) (layer, string) {
	switch parts[1] {
	case "app":
		return layerApp, "app"
	case "ui":
		return layerUI, "ui"
	case "archtest":
		return layerRules, "archtest"
	case "platform":
		return layerPlatform, strings.Join(parts[1:min(len(parts), 3)], "/")
	case "core":
		return layerCore, strings.Join(parts[1:min(len(parts), 3)], "/")
	}
	for _, s := range stages {
		if parts[1] == s && len(parts) > 2 {
			return layerCapability, parts[1] + "/" + parts[2]
		}
	}
	return layerUnknown, strings.Join(parts, "/")
}

// below lists which storeys each storey may stand on.
var below = map[layer][]layer{
	layerCmd:        {layerApp, layerPlatform},
	layerApp:        {layerApp, layerCapability, layerCore, layerUI, layerPlatform, layerEmbedded},
	layerCapability: {layerCore, layerUI, layerPlatform},
	layerUI:         {layerUI, layerCore, layerPlatform, layerEmbedded},
	layerPlatform:   {layerPlatform, layerEmbedded},
	layerCore:       {},
	layerEmbedded:   {},
	layerRules:      {},
}

// coreMay lists the imports inside the core.
var coreMay = map[string][]string{
	"core/casework": {"core/access", "core/calendar"},
	"core/conduct":  {"core/access", "core/casework"},
}

// impure is what the core may not touch, with what it would bring in.
var impure = map[string]string{
	"net/http":      "requests",
	"net":           "the network",
	"database/sql":  "storage",
	"os":            "the machine",
	"os/exec":       "the machine",
	"encoding/json": "a wire format",
	"log":           "output",
	"log/slog":      "output",
	"math/rand":     "chance",
	"math/rand/v2":  "chance",
	"crypto/rand":   "chance",
}

// importRule: a storey stands only on those below it, a capability never on
// another, the core on std alone.
func importRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		from, unit := place(module + "/" + s.dir)
		if from == layerUnknown {
			out = append(out, finding{s.path, s.dir, 1, "no such storey in the house: " + s.dir})
			continue
		}
		for im, line := range s.imports {
			if why := refuse(s, from, unit, im); why != "" {
				out = append(out, finding{s.path, im, line, why})
			}
		}
	}
	return out
}

// refuse says why a file may not import a package, "" if it may.
func refuse(s source, from layer, unit, im string) string {
	to, target := place(im)
	if to == layerOutside {
		if from == layerCore && !s.test && strings.Contains(strings.Split(im, "/")[0], ".") {
			return unit + " is pure and imports only the standard library, not " + im
		}
		return ""
	}
	if to == from && target == unit {
		return ""
	}
	if s.test && im == module+"/internal/app/apptest" {
		return "" // page and API tests start the real thing
	}
	if from == layerCapability && to == layerCapability {
		return unit + " imports " + target + ": declare a small interface where it is used and wire it in app"
	}
	if from == layerCore && to == layerCore {
		for _, ok := range coreMay[unit] {
			if ok == target {
				return ""
			}
		}
	}
	for _, ok := range below[from] {
		if ok == to {
			return ""
		}
	}
	return string(from) + " may not import " + string(to) + " (" + im + ")"
}

// pureRule: the core brings no I/O, clock, chance or wire format.
func pureRule(t *tree) []finding {
	var out []finding
	for _, s := range t.gos {
		if l, unit := place(module + "/" + s.dir); l == layerCore && !s.test {
			for im, line := range s.imports {
				if what, bad := impure[im]; bad {
					out = append(out, finding{s.path, im, line, unit + " is pure: " + im + " brings in " + what})
				}
			}
		}
	}
	return out
}

// nameless are folder names that say nothing.
var nameless = []string{"util", "utils", "common", "helper", "helpers", "models", "types", "manager", "misc", "shared"}

// nameRule: a package is called after what it is.
func nameRule(t *tree) []finding {
	var out []finding
	for dir, files := range t.packages() {
		for _, part := range strings.Split(dir, "/") {
			for _, bad := range nameless {
				if part == bad {
					out = append(out, finding{files[0].path, dir, 1, "a package called " + bad + " says nothing"})
				}
			}
		}
	}
	return out
}
