// Package attachment keeps the files that people hand in with a filing or an
// act. A file is uploaded as a draft under a token that only its uploader
// knows, and claimed for a case in the same unit of work as the event that
// mentions it; drafts that nobody claims are deleted after two days.
//
// Owned table: attachment. The bytes lie in platform/blob. Who may see a case
// is not decided here: Sight is asked.
package attachment
