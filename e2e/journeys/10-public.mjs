// Every public page in every state, in both languages, on a phone and on a
// desk: no serious accessibility fault, no sideways scroll, no missing word, no
// request to elsewhere, no script error, no more script than allowed.
import { prepare, publicPages } from "../lib/catalogue.mjs";
import { sweep } from "../lib/sweep.mjs";

export const title = "public pages, both languages, phone and desk";

export async function run({ open, signIns }) {
  const cases = await prepare(open, signIns, []);
  return sweep((lang, visit) => publicPages({ open, lang, cases, visit }));
}
