// What journeys do as people: sign in, find by test id, check a page.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { screens } from "./browser.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// signIn takes a demo sign-in through password and second factor.
export async function signIn(page, who) {
  if (!who) throw new Error("the demo printed no sign-in for this role");
  await page.goto("/signin");
  await page.locator("[name=login]").fill(who.login);
  await page.locator("[name=password]").fill(who.password);
  await submit(page);
  if (who.totp && new URL(page.url()).pathname === "/signin/totp") {
    await page.locator("[name=code]").fill(totp(who.totp));
    await submit(page);
  }
}

// submit presses the button of the page's main form, and waits for the answer.
async function submit(page) {
  await page.locator("main form button[type=submit], main form button:not([type])").first().click();
  await page.waitForLoadState();
}

// totp is RFC 6238 with SHA-1, six digits, thirty seconds.
export function totp(secret, now = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/=+$/, "").toUpperCase()]
    .map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// byId finds an element by its data-testid.
export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

// checkPage fails on what no page may have: serious accessibility faults, a
// sideways scroll, a missing message, a script error.
export async function checkPage(page, name) {
  const faults = [...(page.problems ?? [])];
  const text = await page.locator("body").innerText();
  if (text.includes("⟦")) faults.push(`missing message ${text.match(/⟦[^⟧]*⟧/)?.[0]}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 1) faults.push(`scrolls sideways by ${wide} px`);
  for (const v of await axe(page)) {
    faults.push(`${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
  }
  if (faults.length) throw new Error(`${name} (${page.url()}):\n  ${faults.join("\n  ")}`);
}

// axe comes in by the debugger, so that a strict content security policy stays
// on. It needs script: pages without are checked by their scripted twins.
async function axe(page) {
  if (!page.scripted) return [];
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    }),
  );
  return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
}

// shoot takes a picture of the page on each screen.
export async function shoot(page, folder, name, on = Object.keys(screens)) {
  await mkdir(folder, { recursive: true });
  const before = page.viewportSize();
  for (const screen of on) {
    await page.setViewportSize(screens[screen]);
    await page.screenshot({ path: join(folder, `${name}-${screen}.png`), fullPage: true });
  }
  await page.setViewportSize(before);
}
