package rest

import (
	"cmp"
	_ "embed"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Messages are the words of the reference page.
//
//go:embed messages.json
var Messages []byte

type group struct {
	Tag        string
	Operations []operation
}

type operation struct {
	ID, Method, Path, Summary, Description string
	Parameters, Body, Answer               []input
}

type input struct{ Name, Kind, Meaning string }

// groups orders the operations of the document for reading.
func groups(doc *huma.OpenAPI) []group {
	byTag := map[string][]operation{}
	for path, item := range doc.Paths {
		for method, o := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		} {
			if o != nil && len(o.Tags) > 0 {
				byTag[o.Tags[0]] = append(byTag[o.Tags[0]], describe(doc, method, path, o))
			}
		}
	}
	var out []group
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		ops := byTag[tag]
		slices.SortFunc(ops, func(a, b operation) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
		out = append(out, group{tag, ops})
	}
	return out
}

func describe(doc *huma.OpenAPI, method, path string, o *huma.Operation) operation {
	op := operation{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary, Description: o.Description}
	for _, p := range o.Parameters {
		op.Parameters = append(op.Parameters, input{p.Name, p.In, p.Description})
	}
	if o.RequestBody != nil {
		op.Body = fields(doc, o.RequestBody.Content["application/json"])
	}
	for _, status := range []string{"200", "201"} {
		if r := o.Responses[status]; r != nil {
			op.Answer = append(op.Answer, fields(doc, r.Content["application/json"])...)
		}
	}
	return op
}

// fields lists the properties of a body's schema, the required ones first.
func fields(doc *huma.OpenAPI, m *huma.MediaType) []input {
	if m == nil || m.Schema == nil {
		return nil
	}
	s := m.Schema
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	var out []input
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		kind := cmp.Or(p.Type, strings.TrimPrefix(p.Ref, "#/components/schemas/"))
		if slices.Contains(s.Required, name) {
			name += " *"
		}
		out = append(out, input{name, kind, p.Description})
	}
	slices.SortStableFunc(out, func(a, b input) int {
		return cmp.Compare(strings.Count(b.Name, "*"), strings.Count(a.Name, "*"))
	})
	return out
}
