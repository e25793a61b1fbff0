// Package casepage (事项页) is the page of one case: what the petitioner said,
// what the reader may do now and why not more, the deadlines, the history, and
// the panels that other capabilities contribute.
//
// It reads the tables of others to join what the page shows and changes no
// case: the verbs and their forms belong to procedure.
package casepage
