// What every page must pass, and pictures of it.
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { screens } from "./browser.mjs";
import { scriptOver } from "./watch.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Kept with E2E_SHOTS=folder: a picture of every page that was checked.
const gallery = process.env.E2E_SHOTS;

// checkPage gives what is wrong with a page on the screen that it is on:
// accessibility faults, a sideways scroll, a missing message, an offence noted
// by watch, too much script on a public page. Without audit, axe is left out.
export async function checkPage(page, name, { audit = true } = {}) {
  const faults = page.problems.splice(0);
  const text = await page.locator("body").innerText();
  if (text.includes("⟦")) faults.push(`missing message ${text.match(/⟦[^⟧]*⟧/)?.[0]}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 1) faults.push(`scrolls sideways by ${wide} px`);
  if (await page.locator("html.voice-public").count()) faults.push(await scriptOver(page));
  for (const v of audit ? await axe(page) : []) {
    faults.push(`${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
  }
  const width = page.viewportSize().width;
  if (gallery) await shoot(page, gallery, `${name.replaceAll("/", "_")}-${page.lang}-${width}`);
  const where = `${name} ${page.lang} ${width} (${new URL(page.url()).pathname})`;
  return faults.filter(Boolean).map((fault) => `${where}: ${fault}`);
}

// axe comes in by the debugger, so that the content security policy stays on.
// Of a long list it reads the head: the hundredth row is made like the third.
async function axe(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const result = await page.evaluate(async () => {
    const long = document.querySelectorAll("tbody tr:nth-child(n+8), .tree li:nth-child(n+8), option:nth-child(n+6), optgroup:nth-child(n+4)");
    const rest = [...long].filter((el) => !el.selected && !el.querySelector("option:checked"));
    const places = rest.map((el) => {
      const place = document.createComment("");
      el.replaceWith(place);
      return place;
    });
    const found = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
      elementRef: false,
    });
    rest.map((el, i) => places[i].replaceWith(el));
    return found;
  });
  return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
}

// onScreens does something with the page on each of the named screens.
export async function onScreens(page, names, act) {
  for (const name of names) {
    await page.setViewportSize(screens[name]);
    await act(name);
  }
}

// shoot takes a picture of the whole page.
export async function shoot(page, folder, name) {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
