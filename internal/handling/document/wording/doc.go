// Package wording holds the documents (文书) of petition work as words: the
// list of kinds D01–D29, their default texts, and the way from a text with
// placeholders and a View of the case to the blocks that platform/paper sets.
//
// # A text
//
// A text is a Go template over View, a closed struct without methods. After
// the placeholders are filled, each line says by its beginning what it is:
//
//	# 标题              the title
//	> 某某：            to whom (主送)
//	@ 某某局            who signs, when it is not the issuer; "@ -" for nobody
//	一、…  （一）…       headings of the first and second level
//	: 名称：值           a row of a form; neighbours make one table
//	| 甲 | 乙 |          a row of a table; a head stands above |---|---|
//	~ 甲（签名）：|日期： lines to sign on
//	+ 材料              an attachment
//	cc: 某某局          a copy goes there
//	---                a new page
//
// Everything else is a paragraph. What the case does not know is a fill-in
// line (＿＿＿), made by "blank", never an empty place.
//
// Texts are edited by bureaus, so they are not trusted: ParseForm refuses
// every construct that could loop, recurse or grow, and a run ends at a size.
// Values are not trusted either: tame takes the marks of lines out of them.
package wording
