// Package letter (来信) is the door of paper: scans of letters, uploaded at the
// desk or laid down by a scanner in a watched folder, become letters in a
// register, are read by machine where the helper is installed, corrected side
// by side with the image, and registered.
//
// The file of the scanner stays as it came, with its hash; the machine's
// reading stays beside what a person made of it. Telephone numbers, identity
// numbers, house numbers and sums are what a machine gets wrong first and with
// confidence: each must be ticked by a person before a letter is registered.
//
// Owned tables: letter_scan, letter_sheet, letter.
package letter
