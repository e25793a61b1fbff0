// Package kiosk (自助终端) is the door of machines that stand in halls: large
// tiles for a finger, one question a screen, and nothing left of anybody when
// the next person comes.
//
// A kiosk is one door of the registry. Its browser is paired once with the
// door's key; from then on every page that it opens knows that it is on a
// kiosk: it asks when nobody touches it, wipes, and leaves no history. The page
// speaks with reader, scanner and printer through the program in bridge, on the
// same machine. Here are kept when each machine was last heard of, how often
// each tile was opened on a day, and the services that a hall wants shown:
// counts and texts, no people.
//
// What is filed goes to the sink like every other door's arrivals, with the key
// of the form, so that it counts once.
package kiosk
