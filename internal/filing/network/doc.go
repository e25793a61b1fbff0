// Package network (代办网络) is the app of agents and grid workers (代办员、
// 网格员) at /agent: they help people who cannot do it themselves, on the
// spot, also without a network.
//
// Every service is screened (甄别) by the list of 22 matters that agents take
// and the four that they must not; who is turned down is told why, and the way
// that is open. What is done on the spot (直办), with the person (帮办) and in
// the person's stead (代办) is counted apart. A filing in somebody's stead
// needs a mandate (委托) and was read back; it goes in with its case, in one
// unit of work. Visits and what was told are notes, sealed.
//
// Owned tables: agent_service, agent_note. Nothing here scores an agent.
package network
