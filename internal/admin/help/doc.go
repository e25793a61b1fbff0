// Package help (帮助) explains in plain words how each thing is done, to the
// public and to everybody who works here. A topic is a few lines of text in
// both languages; buttons in it are named by their message keys, so that the
// help always says what the page says.
//
// It owns no table. Why a single field is asked does not belong here: that is
// the field's own help.
package help
