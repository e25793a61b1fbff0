// Makes the pictures of README.md: node screenshots.mjs → docs/images.
import { join } from "node:path";
import { openBrowser, openPage } from "./lib/browser.mjs";
import { shoot, signIn } from "./lib/people.mjs";
import { startServer } from "./lib/server.mjs";

const folder = join(import.meta.dirname, "..", "docs", "images");

// One row per picture: file name, address, who looks, on which screen.
const pictures = [
  { name: "home", path: "/", screen: "phone" },
  { name: "file", path: "/file", screen: "phone" },
  { name: "desk", path: "/desk", role: "bureau_clerk" },
  { name: "case", path: "/desk", role: "unit_handler", first: '[data-testid="case-link"]' },
  { name: "lead", path: "/lead", role: "leader" },
];

const server = await startServer({ cases: 600 });
let browser;
try {
  browser = await openBrowser();
  for (const lang of ["zh", "en"]) {
    for (const picture of pictures) await take(picture, lang);
  }
} finally {
  await browser?.close();
  await server.stop();
}

async function take({ name, path, screen = "desk", role, first }, lang) {
  const page = await openPage(browser, server.url, { screen, lang });
  if (role) await signIn(page, server.signIns[role]);
  await page.goto(path);
  if (first) await page.locator(first).first().click();
  await page.waitForLoadState("networkidle");
  await shoot(page, folder, `${name}-${lang}`, [screen]);
  await page.context().close();
  console.log(`docs/images/${name}-${lang}-${screen}.png`);
}
