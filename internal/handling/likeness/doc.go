// Package likeness finds what is raised more than once (一事多诉): cases in the
// same words, of the same person, about the same demand. It shows them with the
// reasons and relates nothing by itself: a person at the bureau does, through
// the verbs of core/casework, and may undo it.
//
// Words are compared by signatures (platform/minhash) that are made with a
// secret of the house and cannot be read back. What the actor may not see is
// neither shown nor counted.
//
// Here are also the group of a matter as one view (五个一: one source of many
// channels, one acceptance, one handling, one reply, one file), the reply that
// everybody who joined is served, the hints before filing, and the alert of a
// unit to whom one demand keeps coming back.
//
// Owned tables: likeness_signature, likeness_band, likeness_fill,
// likeness_relation, likeness_share, likeness_wish, likeness_hint. The relation
// of a case itself is procedure's; likeness_relation only finds it from the
// other side.
package likeness
