// Package unit keeps the unit tree (机构树): governments, petition bureaus,
// departments, towns and villages. From the tree follow the area that a unit
// serves, the bureau that dispatches to it, and who may see what.
//
// It owns the tables unit and unit_revision. Who works in a unit does not
// belong here: that is the account capability.
package unit
