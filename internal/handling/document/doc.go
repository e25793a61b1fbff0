// Package document makes, approves, seals, serves and keeps the documents
// (文书) of petition work, D01–D29, and binds them into the dossier (案卷) of a
// case. What documents say is in package wording; how they are set on paper is
// in platform/paper.
//
// Tables owned: document, document_number, document_service, document_event,
// document_template, document_issuer.
//
// A document is a draft until another person approves it, which gives the
// number; sealing makes the file that no one changes any more, with an SM2
// signature over its bytes; serving records how it reached the petitioner. The
// case governs who sees its documents, and a draft is seen by its unit alone.
// The pledge not to petition any more (息诉罢访保证书) does not exist here.
package document
