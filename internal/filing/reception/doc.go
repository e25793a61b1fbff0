// Package reception (接访公开) publishes how people can reach a petition bureau
// and when its leaders receive them (Art. 18): online channels, postal address,
// telephone, times and place of reception, how to look a case up, law and
// procedure, and the days of leaders' reception (领导接访日). Everybody reads
// it; the bureau that it is about edits it, and what the article asks for and
// is not there yet is named.
//
// Owned tables: reception_info, leader_day.
package reception
