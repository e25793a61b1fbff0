// Every page in every state, in both languages, on a phone and on a desk: no
// serious accessibility fault, no sideways scroll, no missing word, no request
// to elsewhere, no script error, no heavy script on a public page.
import { checkPage, onScreens } from "../lib/check.mjs";
import { prepare, publicPages, staffPages } from "../lib/catalogue.mjs";

export const title = "every page, both languages, phone and desk";

export async function run({ open, signIns }) {
  const faults = [];
  let pages = 0;
  const visit = (name, page) =>
    onScreens(page, ["phone", "desk"], async () => {
      pages++;
      faults.push(...(await checkPage(page, name)));
    });
  const cases = await prepare(open, signIns);
  await Promise.all(
    ["zh", "en"].map(async (lang) => {
      await publicPages({ open, lang, cases, visit });
      await staffPages({ open, lang, cases, signIns, visit });
    }),
  );
  if (faults.length) throw new Error(`${faults.length} faults on ${pages} pages:\n${[...new Set(faults)].join("\n")}`);
  return `${pages} pages looked at`;
}
