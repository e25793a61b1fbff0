// Makes the pictures of README.md: node screenshots.mjs → docs/images.
import { join } from "node:path";
import { openBrowser, openPage, screens } from "./lib/browser.mjs";
import { City } from "./lib/city.mjs";
import { Hand, byId, must, signIn } from "./lib/people.mjs";
import { startServer } from "./lib/server.mjs";
import { mkdir, stat } from "node:fs/promises";

const folder = join(import.meta.dirname, "..", "docs", "images");
const limit = 300 * 1024;

// One picture a row: its name, who looks, on which screen, and the way there.
const pictures = [
  { name: "home", screen: "phone", path: "/" },
  { name: "file", screen: "phone", path: "/file" },
  { name: "follow", screen: "phone", go: follow },
  { name: "desk", role: "bureau_clerk", path: "/desk?view=open" },
  { name: "case", role: "bureau_clerk", go: triage },
  { name: "lead", role: "leader", path: "/lead" },
];

const server = await startServer({ cases: 600 });
const browser = await openBrowser();
const open = (options) => openPage(browser, server.url, { reducedMotion: true, ...options });
try {
  await mkdir(folder, { recursive: true });
  const city = new City(open, server.signIns);
  const told = await city.file();
  await city.carry(told, "forward", "accept", "record");
  const fresh = await city.file({ words: "和平里小区北门外的路灯坏了五盏，晚上学生放学看不清路。\n十一月三日向物业说过，物业答复路灯不归他们管。", wish: "请尽快修好路灯，并告知由哪个单位维护。", name: "宋知秋" });
  for (const lang of ["zh", "en"]) {
    for (const picture of pictures) await take(picture, lang, { told, fresh });
  }
} finally {
  await browser.close();
  await server.stop();
}

async function take({ name, path, go, screen = "desk", role }, lang, cases) {
  const page = await open({ screen, lang });
  if (role) await signIn(page, server.signIns[role]);
  if (path) await page.goto(path);
  if (go) await go(page, cases);
  await page.waitForLoadState("networkidle");
  const file = join(folder, `${name}-${lang}-${screen}.png`);
  await page.screenshot({ path: file, clip: { x: 0, y: 0, ...screens[screen] } });
  const { size } = await stat(file);
  must(size < limit, `${file} is ${size} bytes`);
  must(!page.problems.length, page.problems.join("\n"));
  await page.context().close();
  console.log(`${file} ${Math.round(size / 1024)} KB`);
}

async function follow(page, { told }) {
  const hand = new Hand(page);
  await page.goto("/follow");
  await hand.fill("no", told.no);
  await hand.fill("code", told.code);
  await hand.press("look");
  await hand.see("case-no");
}

async function triage(page, { fresh }) {
  await page.goto(`/desk/cases/${fresh.no}`);
  await byId(page, "suggestion").first().waitFor();
}
