// Package i18n gives every text that a person reads in Chinese and English.
//
// Each package that shows words keeps a messages.json beside its code:
//
//	{"procedure.urge": ["催办", "Urge"], "queue.count": ["%d 件", "%d {case|cases}"]}
//
// and app loads them all into one Catalogue. A request carries its catalogue
// and language in the context, so that T(ctx, key, args...) is one map lookup.
// A missing key renders as ⟦key⟧, which tests look for.
//
// Texts use printf verbs. {one|many} chooses by the first whole-number
// argument. An argument of type Key is itself looked up, and a time.Time is
// written out as a Beijing moment.
package i18n
