package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is one row of the documentation.
type Setting struct {
	Group, Flag, Env, Default, Help string
}

// EnvPrefix begins every environment variable.
const EnvPrefix = "XINQIAO"

// acronyms are words that field names spell in capitals.
var acronyms = strings.NewReplacer("URL", "Url", "OTLP", "Otlp", "ZH", "Zh", "EN", "En")

// Settings lists every setting in the order of the structs.
func Settings() []Setting {
	var out []Setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		part := t.Field(i)
		for j := range part.Type.NumField() {
			out = append(out, setting(part.Name, part.Type.Field(j)))
		}
	}
	return out
}

// setting reads one field's tags.
func setting(group string, f reflect.StructField) Setting {
	flag := f.Tag.Get("name")
	if flag == "" {
		flag = kebab(f.Name)
	}
	return Setting{
		Group: group, Flag: flag,
		Env:     EnvPrefix + "_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")),
		Default: f.Tag.Get("default"),
		Help:    strings.ReplaceAll(f.Tag.Get("help"), "${enum}", strings.ReplaceAll(f.Tag.Get("enum"), ",", ", ")),
	}
}

// kebab turns PublicURL into public-url.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range acronyms.Replace(name) {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Markdown is docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Configuration

Generated from internal/platform/config by ` + "`make generate`" + `; edit the struct, not this page.

Each setting is a flag, an environment variable and a key of the JSON file named by ` + "`--config`" + `
(or ` + "`XINQIAO_CONFIG`" + `). A flag wins over the environment, the environment over the file, the file over the default.
Secrets are never flags: a database URL with a password comes by environment or ` + "`--database-file`" + `,
keys are files.

` + "```json\n" + `{"listen": "127.0.0.1:8080", "public-url": "https://xinfang.example.gov.cn", "city-code": "MC"}
` + "```\n")
	group := ""
	for _, s := range Settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n## %s\n\n| flag and key | environment | default | meaning |\n|---|---|---|---|\n", group)
		}
		def := ""
		if s.Default != "" {
			def = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", s.Flag, s.Env, def, s.Help)
	}
	return b.String()
}
