// A sweep looks at many pages and tells all faults at once.
import { checkPage, onScreens } from "./check.mjs";

export const languages = (process.env.E2E_LANGS ?? "zh,en").split(",");

// sweep calls look(lang, visit) for each language, side by side, and fails
// with everything that visit found on a phone and on a desk.
export async function sweep(look, screens = ["phone", "desk"]) {
  const faults = [];
  let pages = 0;
  const visit = (name, page) =>
    onScreens(page, screens, async () => {
      pages++;
      faults.push(...(await checkPage(page, name)));
    });
  await Promise.all(languages.map((lang) => look(lang, visit)));
  if (faults.length) throw new Error(`${faults.length} faults on ${pages} pages:\n${[...new Set(faults)].join("\n")}`);
  return `${pages} looks`;
}
