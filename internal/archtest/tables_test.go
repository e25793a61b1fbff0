package archtest

import (
	"path"
	"regexp"
	"strings"
)

// readModels may read tables that they do not own (ARCHITECTURE.md); nobody
// may write them.
var readModels = map[string]string{
	"handling/worklist":     "queues, boards and search join what they show",
	"handling/casepage":     "the page of a case joins what it shows",
	"feedback/tracking":     "the petitioner's view joins case and events",
	"oversight/deadlines":   "sweeps walk the obligations that fall due",
	"insight/statistics":    "counts what others own",
	"oversight/supervision": "who sees a directive depends on the lane in which its case stands now",
	"oversight/inspection":  "the same of the duty record",
	"oversight/caselead":    "the same of a case that a leader leads",
	"handling/room":         "the same of a case that a joint room sits on",
	"insight/topic":         "who sees a case of a topic depends on where it stands now",
	"admin/retention":       "what has reached its time is found among cases as they stand",
	"insight/index":         "scores what others own",
}

var (
	createTable = regexp.MustCompile(`(?i)CREATE\s+(?:VIRTUAL\s+)?(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)`)
	writes      = regexp.MustCompile(`(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_0-9]+)`)
	reads       = regexp.MustCompile(`(?:\bFROM|\bJOIN)\s+([a-z_0-9]+(?:\s+(?:AS\s+)?[a-z_0-9]+)?(?:\s*,\s*[a-z_0-9]+(?:\s+(?:AS\s+)?[a-z_0-9]+)?)*)`)
	migration   = regexp.MustCompile(`^migrations/(sqlite|postgres)/\d{4}_([a-z]+)[a-z_]*\.sql$`)
)

// owners reads from the migrations which capability owns which table:
// NNNN_capability_what.sql creates what that capability owns.
func owners(t *tree) map[string]string {
	m := map[string]string{}
	for _, p := range t.paths(".sql") {
		if name := migration.FindStringSubmatch(p); name != nil {
			for _, c := range createTable.FindAllStringSubmatch(t.texts[p], -1) {
				m[strings.ToLower(c[1])] = name[2]
			}
		}
	}
	return m
}

// tableRule: a table is written only by its owner, and read by others only in
// the read models.
func tableRule(t *tree) []finding {
	own := owners(t)
	var out []finding
	for _, s := range t.gos {
		l, unit := place(module + "/" + s.dir)
		if s.test || l != layerCapability && l != layerApp {
			continue
		}
		_, reader := readModels[unit]
		t.literals(s, func(text string, line int) {
			for _, name := range named(text, writes) {
				if o := own[name]; o != "" && o != path.Base(unit) {
					out = append(out, finding{s.path, name, line, unit + " writes " + name + ", which " + o + " owns"})
				}
			}
			if reader || l == layerApp {
				return
			}
			for _, name := range named(text, reads) {
				if o := own[name]; o != "" && o != path.Base(unit) {
					out = append(out, finding{s.path, name, line, unit + " reads " + name + ", which " + o + " owns"})
				}
			}
		})
	}
	return out
}

// named lists the tables that a pattern finds in a text; a list after FROM is
// cut at its commas and aliases are dropped.
func named(text string, re *regexp.Regexp) []string {
	var out []string
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		for _, part := range strings.Split(m[1], ",") {
			if f := strings.Fields(part); len(f) > 0 {
				out = append(out, f[0])
			}
		}
	}
	return out
}

var (
	tableBody  = regexp.MustCompile(`(?is)CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)\s*\((.*?)\n\)`)
	columnName = regexp.MustCompile(`^\s*([a-z_0-9]+)\s`)
	constraint = regexp.MustCompile(`(?i)^\s*(PRIMARY|UNIQUE|CHECK|FOREIGN|CONSTRAINT|EXCLUDE|OR|AND|\)|--)`)
)

// parityRule: both databases have the same migrations, which create the same
// tables with the same columns in the same order. Full-text tables differ by
// nature and are called *_search or *_fts.
func parityRule(t *tree) []finding {
	sides := map[string]map[string]string{"sqlite": {}, "postgres": {}}
	for _, p := range t.paths(".sql") {
		if m := migration.FindStringSubmatch(p); m != nil {
			sides[m[1]][path.Base(p)] = t.texts[p]
		}
	}
	var out []finding
	for side, other := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		for name, text := range sides[side] {
			p := "migrations/" + side + "/" + name
			twin, ok := sides[other][name]
			if !ok {
				out = append(out, finding{p, name, 1, "has no twin for " + other})
				continue
			}
			theirs := columns(twin)
			for table, cols := range columns(text) {
				if theirs[table] != cols {
					out = append(out, finding{p, table, 1, table + " has other columns on " + other + ": " + cols + " / " + theirs[table]})
				}
			}
		}
	}
	return out
}

// columns gives "a b c" for every table that a migration creates.
func columns(sql string) map[string]string {
	m := map[string]string{}
	for _, b := range tableBody.FindAllStringSubmatch(sql, -1) {
		name := strings.ToLower(b[1])
		if strings.HasSuffix(name, "_search") || strings.HasSuffix(name, "_fts") {
			continue
		}
		var cols []string
		depth := 0
		for _, line := range strings.Split(b[2], "\n") {
			line, _, _ = strings.Cut(line, "--")
			if c := columnName.FindStringSubmatch(line + " "); c != nil && depth == 0 && !constraint.MatchString(line) {
				cols = append(cols, c[1])
			}
			depth += strings.Count(line, "(") - strings.Count(line, ")")
		}
		m[name] = strings.Join(cols, " ")
	}
	return m
}
