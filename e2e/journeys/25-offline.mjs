// No network in the stairwell: a filing with a photo is written, survives a
// crash of the tab, and is registered once when the network is back, also when
// the answer of the first try is lost on the way. An agent does the same for
// somebody else.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkPage } from "../lib/check.mjs";
import { picture } from "../lib/catalogue.mjs";
import { someone, wish, words } from "../lib/city.mjs";
import { Hand, byId, must, signIn, until } from "../lib/people.mjs";

export const title = "no network: kept, sent once";

const mine = `${words}写这些的时候没有网络。`;

export async function run({ open, signIns, url }) {
  await petitioner(open, signIns);
  await agent(open, signIns);
  const devices = await bridge(new URL(url).host);
  await kiosk(open).finally(() => devices.kill());
}

// bridge is the program beside a kiosk's browser, without hardware.
async function bridge(host) {
  const binary = process.env.XINQIAO_BIN ?? join(import.meta.dirname, "..", "..", "bin", "xinqiao");
  const child = spawn(binary, ["kiosk-bridge", "--simulate", `--origin=${host}`], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise((ready) => child.stderr.once("data", ready).once("close", ready));
  return child;
}

// agent files for somebody without a network, and turns somebody else down.
async function agent(open, signIns) {
  const page = await open({ screen: "phone" });
  const h = new Hand(page);
  await signIn(page, signIns.agent);
  await page.goto("/agent");
  await h.see("agent-doors");
  await page.goto("/outbox"); // a public page registers the worker
  await installed(page);
  await page.context().setOffline(true);
  await page.goto("/agent/new");
  await page.locator("form.ready").waitFor();
  await h.select("service", "A02");
  await h.choose("mode", "agency");
  await h.fill("words", `${words}邻居堵了过道，老人托我来说。`);
  await h.fill("wish", wish);
  await h.select("area", { index: 1 });
  for (const [field, value] of Object.entries(someone)) await h.fill(field, value);
  await h.choose("mandate", "spoken");
  await page.locator("#f-read_back").check();
  await h.press("send-later");
  await h.see("state-waiting");
  await page.goto("/agent/new");
  await page.locator("form.ready").waitFor();
  await h.select("service", "X03");
  await h.see("not-X03");
  await page.locator("#f-told").check();
  await h.press("send-later");
  await page.context().setOffline(false);
  await until(async () => (await byId(page, "state-sent").filter({ visible: true }).count()) === 2, "both are recorded");
  page.problems.length = 0; // the browser tells of every request without a network
  await page.goto("/agent");
  must((await h.see("count-agency")).includes("1") && (await h.see("count-none")).includes("2"), "the ways of helping are counted apart");
  const faults = await checkPage(page, "agent");
  must(!faults.length, faults.join("\n"));
}

// kiosk: nobody touches it, and it forgets; the receipt fits the roll.
async function kiosk(open) {
  const page = await open({ screen: "tablet" });
  await page.clock.install();
  const h = new Hand(page);
  await page.goto("/kiosk/pair");
  await h.fill("code", "hall-1");
  await h.fill("key", "demo-key-of-the-hall-1");
  await h.press("pair-do");
  await h.see("kiosk");
  const faults = await checkPage(page, "kiosk");
  must(!faults.length, faults.join("\n"));
  await h.press("tile-file");
  await h.fill("words", `${words}在大厅的终端上写的。`);
  await h.press("next-step");
  await h.fill("wish", wish);
  await h.press("next-step");
  await h.select("area", { index: 1 });
  await h.press("next-step");
  await h.press("read-card");
  await until(async () => (await byId(page, "id_no").inputValue()).startsWith("990000"), "the card is read");
  await h.press("next-step");
  await h.press("scan");
  await page.locator(".previews li").first().waitFor();
  must((await page.evaluate(() => history.length)) <= 3, "the steps leave no history");
  await h.press("send");
  await h.see("receipt-no");
  await page.emulateMedia({ media: "print" });
  must((await byId(page, "receipt").boundingBox()).width < 320, "the receipt fits a roll of 80 mm");
  await page.emulateMedia({ media: "screen" });
  await page.clock.runFor(61_000);
  await h.see("still-there");
  must(Number(await h.see("countdown")) <= 15, "it counts down");
  await page.clock.runFor(16_000);
  await h.see("kiosk");
  must(!(await page.content()).includes("990000"), "nothing of the last person is left");
}

// installed waits until the worker has what it needs.
async function installed(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => page.evaluate(async () => (await caches.keys()).some((name) => name.startsWith("xinqiao-"))), "the worker keeps its pages");
  await page.evaluate(() => new Promise((done) => (navigator.serviceWorker.controller ? done() : navigator.serviceWorker.addEventListener("controllerchange", done))));
}

async function petitioner(open, signIns) {
  let page = await open({ screen: "phone" });
  const context = page.context();
  await page.goto("/");
  await installed(page);
  await context.setOffline(true);
  await page.goto("/file");
  let h = new Hand(page);
  await h.see("offline-form");
  await h.fill("words", mine);
  await h.fill("wish", wish);
  await h.select("area", { index: 1 });
  for (const [field, value] of Object.entries(someone)) await h.fill(field, value);
  await h.upload("photos", picture);
  await byId(page, "kept-photos").locator("li").waitFor();
  await byId(page, "kept").waitFor();
  must(!(await sealed(page)).includes("轮椅"), "what is kept on the phone is sealed");
  const address = page.url();
  // The tab crashes; another one opens the same draft, still without network.
  await page.close();
  page = await context.newPage();
  page.problems = [];
  await page.goto(address);
  h = new Hand(page);
  await page.locator("form.ready").waitFor();
  must((await byId(page, "words").inputValue()) === mine, "the draft is still there");
  await byId(page, "kept-photos").locator("li").waitFor();
  await h.press("send-later");
  await h.see("state-waiting");
  page.lang = "zh";
  const faults = await checkPage(page, "outbox");
  must(!faults.length, faults.join("\n"));
  await loseAnswer(page, context);
  await h.press("send-all");
  const no = await h.see("outbox-no");
  must(/^MC\d\d-/.test(no), `registered as ${no}`);
  await once(open, signIns, no);
  await h.press("outbox-noted");
  await until(async () => (await page.locator(".outbox-row").count()) === 0, "the phone forgets it");
  must((await sealed(page)) === "", "nothing is left on the phone");
}

// loseAnswer brings the network back, lets the first filing reach the house
// and loses what it answers.
async function loseAnswer(page, context) {
  let lost = 0;
  await context.route("**/api/v1/filings", async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await context.setOffline(false);
  await until(() => lost > 0, "it is sent by itself when the network is back");
  await byId(page, "state-waiting").waitFor();
}

// sealed is everything that the browser keeps, as text.
function sealed(page) {
  return page.evaluate(async () => {
    const db = await new Promise((done) => (indexedDB.open("xinqiao").onsuccess = (e) => done(e.target.result)));
    const rows = await Promise.all(["items", "photos", "keys"].map((name) => new Promise((done) => {
      db.transaction(name).objectStore(name).getAll().onsuccess = (e) => done(e.target.result);
    })));
    const text = (v) => (v instanceof ArrayBuffer ? new TextDecoder().decode(v) : v instanceof CryptoKey ? `key ${v.extractable}` : JSON.stringify(v, (_, x) => (x instanceof ArrayBuffer ? text(x) : x)));
    return rows.flat().map(text).join("\n");
  });
}

// once counts the cases with these words on the clerk's desk.
async function once(open, signIns, no) {
  const clerk = await open({});
  await signIn(clerk, signIns.bureau_clerk);
  await until(async () => {
    await clerk.goto(`/desk/search?q=${encodeURIComponent("写这些的时候没有网络")}`);
    return (await clerk.locator("main").innerText()).includes(no);
  }, "the clerk finds it");
  must((await clerk.locator("main tbody tr").count()) === 1, "it is registered once");
  await clerk.goto(`/desk/cases/${no}`);
  must((await clerk.locator("main").innerText()).includes(picture.name), "its photo came with it");
}
