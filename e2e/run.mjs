// Runs every journey in journeys/ against one server, each in contexts of its
// own: node run.mjs [part of a journey's name …]. A journey is a module that
// exports title and run({ url, signIns, open, … }).
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openBrowser, openPage } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { shoot } from "./lib/check.mjs";

const folder = join(import.meta.dirname, "journeys");
const wanted = process.argv.slice(2);
const files = (await readdir(folder).catch(() => []))
  .filter((f) => f.endsWith(".mjs") && (!wanted.length || wanted.some((w) => f.includes(w))))
  .sort();
if (!files.length) {
  console.error("no journey to run");
  process.exit(1);
}

const server = await startServer();
let browser;
let passed = 0;
let failed = 0;
const interrupted = () => server.stop().finally(() => process.exit(130));
process.once("SIGINT", interrupted).once("SIGTERM", interrupted);

try {
  browser = await openBrowser();
  for (const file of files) await journey(file);
} finally {
  await browser?.close();
  await server.stop();
}
console.log(`journeys on ${server.database}: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function journey(file) {
  const { title, run } = await import(join(folder, file));
  const pages = [];
  const open = async (options) => {
    const page = await openPage(browser, server.url, options);
    pages.push(page);
    return page;
  };
  const start = performance.now();
  try {
    const told = await run({ ...server, open });
    passed++;
    console.log(`ok    ${title} (${((performance.now() - start) / 1000).toFixed(1)} s${told ? `, ${told}` : ""})`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${title}\n${error.stack}`);
    for (const [i, page] of pages.entries()) {
      await shoot(page, join(import.meta.dirname, "shots"), `${file}-${i}`).catch(() => {});
    }
    console.log(server.log().split("\n").slice(-15).join("\n"));
  } finally {
    for (const page of pages) await page.context().close();
  }
}
