// A sweep looks at many pages and tells all faults at once.
import { checkPage, onScreens } from "./check.mjs";

export const languages = (process.env.E2E_LANGS ?? "zh,en").split(",");

// sweep calls look(lang, visit) for each language, side by side, and fails
// with everything that visit found. Each page is looked at, and read by axe, on
// one screen for each language: Chinese on a desk, English on a phone; with
// E2E_FULL=1 on both.
export async function sweep(look, screens = ["phone", "desk"]) {
  const faults = [];
  let pages = 0;
  const fits = (screen, page) => Boolean(process.env.E2E_FULL) || (screen === "phone") === (page.lang === "en");
  const visit = (name, page) =>
    onScreens(page, screens.filter((screen) => fits(screen, page)), async () => {
      pages++;
      faults.push(...(await checkPage(page, name, { audit: true })));
    });
  await Promise.all(languages.map((lang) => look(lang, visit)));
  if (faults.length) throw new Error(`${faults.length} faults on ${pages} pages:\n${[...new Set(faults)].join("\n")}`);
  return `${pages} looks`;
}
