// Package worklist (待办与查找) is the read model of the desk: the queue that
// says what is due, the boards of each business, the register of what is
// closed, and full-text search.
//
// It owns saved_filter and case_search (a projection that Reindex rebuilds),
// reads the tables of others to join what a page shows, and changes no case:
// the verbs and their forms belong to procedure.
//
// Whatever lists, counts or finds cases goes through one where builder
// (store_where.go), which begins with the visibility rule access.Visible.
package worklist
