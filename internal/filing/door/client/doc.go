// Package client keeps the programs (接入应用) that file and follow over the
// JSON API with a key of their own: apps, mini-programs, another city's
// portal. A key names a door of the registry, whose channel its cases get, and
// carries scopes, a quota for the minute and one for the day, which hold over
// all processes.
//
// What happens to a case that a client filed is told to it by a signed call
// (webhook): a row for each event, written where the event is delivered, sent
// again until the other side has answered 2xx, and put on the list of the dead
// after a day and a half of trying. At least once, so each carries an id; no
// more than numbers and states, so that nothing personal leaves.
package client
