// The same for the pages behind the sign-in: the queue and its views, a case in
// every state, the form of every verb, overview, administration, account.
import { everyStage, prepare, staffPages } from "../lib/catalogue.mjs";
import { sweep } from "../lib/sweep.mjs";

export const title = "staff pages, both languages, phone and desk";

export async function run({ open, signIns }) {
  const cases = await prepare(open, signIns, everyStage);
  return sweep((lang, visit) => staffPages({ open, lang, cases, signIns, visit }));
}
