package app

import (
	"context"

	"xinqiao/internal/admin/settings"
	"xinqiao/internal/core/casework"
	"xinqiao/internal/handling/document"
	"xinqiao/internal/platform/i18n"
)

// wholeDossier keeps a case open until its dossier is whole, where the place
// asks for it.
type wholeDossier struct {
	documents *document.Service
	settings  *settings.Service
}

// Lacks implements procedure.Gate.
func (w wholeDossier) Lacks(ctx context.Context, c casework.Case) ([]string, error) {
	if !w.settings.Bool(settings.DossierRequired) {
		return nil, nil
	}
	kinds, err := w.documents.Missing(ctx, c)
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name(i18n.Lang(ctx))
	}
	return names, err
}
