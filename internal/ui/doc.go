// Package ui is the kit of which every page is made: layout, forms, tables,
// status marks, timelines. It queries nothing, decides nothing and holds the
// words that all capabilities share (messages.json).
//
// # How to build a page
//
// A page is a templ component wrapped in Page. The voice chooses the look:
// Public is large and plain, Desk (also Lead and Admin) is dense.
//
//	templ queuePage(rows []Row, form *page.Form, now time.Time) {
//		@ui.Page(ui.PageProps{Title: i18n.T(ctx, "queue.title"), Voice: ui.Desk, Active: "queue"}) {
//			@ui.Head(ui.HeadProps{Title: i18n.T(ctx, "queue.title"), Lead: i18n.T(ctx, "queue.lead")})
//			@ui.Errors(form)
//			if len(rows) == 0 {
//				@ui.Empty(ui.EmptyProps{Title: i18n.T(ctx, "queue.empty"), Text: i18n.T(ctx, "queue.empty_why")})
//			} else {
//				@ui.Table(ui.TableProps{Caption: i18n.T(ctx, "queue.title"), Keys: true, Columns: []ui.Column{
//					{Label: i18n.T(ctx, "queue.matter")}, {Label: i18n.T(ctx, "queue.due"), Narrow: true},
//				}}) {
//					for _, row := range rows {
//						@ui.Row(ui.RowProps{Href: "/desk/cases/" + row.No, Urgency: string(row.Urgency)}) {
//							@ui.Cell(i18n.T(ctx, "queue.matter")) { <a href={ templ.SafeURL("/desk/cases/" + row.No) }>{ row.Title }</a> }
//							@ui.Cell(i18n.T(ctx, "queue.due")) { @ui.Due(row.DueAt, now) }
//						}
//					}
//				}
//				@ui.Pager(ui.PagerProps{Next: next, Prev: prev})
//			}
//			<form method="post" action="/desk/bulk" data-guard>
//				@ui.Key(form)
//				@ui.TextArea(form, ui.FieldProps{Name: "words", Label: i18n.T(ctx, "bulk.words"), Required: true})
//				@ui.Actions() {
//					@ui.Submit(ui.ButtonProps{Label: i18n.T(ctx, "bulk.send"), Icon: "send"})
//				}
//			</form>
//		}
//	}
//
// Rules: words come from messages.json, never from the template; no style= and
// no <script> (the content security policy forbids both); every form works
// without script; a form that is refused is drawn again with the same
// *page.Form, and Field shows its values and errors. Put data-testid on what
// tests touch: components take a TestID.
//
// Attributes that the script understands: form[data-guard] (no double submit),
// form[data-draft="name"] (keeps what is typed on this device until sent),
// [data-print], [data-copy="text"], table[data-keys] (j k Enter ?),
// input[data-search] (focus by /), [data-bulk] (selection counter).
//
// In a test of a page: ctx = i18n.With(ctx, i18n.Must(i18n.Messages, ui.Messages,
// Messages), "zh"), draw the component, look for ⟦. The scripts, styles and
// icons come from /web by `npm ci && npm run build`; without them pages are
// bare but whole.
//
// Urgency is the Row's ribbon and, in words, @ui.Ribbon in its title cell.
// Light takes ui.LightKind(casework.Light); Lamp is its form for dense tables.
//
// What a page knows about its request is in platform/page: page.From(ctx).
// Icons are those of lucide by name (ui.Icon("bell")), listed in web/icons.txt.
package ui
