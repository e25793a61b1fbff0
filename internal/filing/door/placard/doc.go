// Package placard keeps the codes (二维码) that hang at a station, lie on a
// counter or are carried by an agent: who scans one files with the place and
// the route filled in. A filing keeps which code it came through, and nothing
// else is written down of a scan but the count.
package placard
