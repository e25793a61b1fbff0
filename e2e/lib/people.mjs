// What journeys do as people: sign in, find by test id, press, fill, count.
import { createHmac } from "node:crypto";

// byId finds an element by its data-testid.
export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

// signIn takes a demo sign-in through password and second factor.
export async function signIn(page, who) {
  if (!who) throw new Error("the demo printed no sign-in for this role");
  await page.goto("/signin");
  await byId(page, "login").fill(who.login);
  await byId(page, "password").fill(who.password);
  await byId(page, "sign-in").click();
  if (who.totp) {
    await byId(page, "code").fill(totp(who.totp));
    await byId(page, "prove").click();
  }
  await byId(page, "who").waitFor();
}

// totp is RFC 6238 with SHA-1, six digits, thirty seconds.
export function totp(secret, now = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[=\s]/g, "").toUpperCase()]
    .map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Hand is a person's hand on a page. It counts what it does: a click is a
// press, a tick or a choice; a field is one that was filled in.
export class Hand {
  constructor(page) {
    this.page = page;
    this.start();
  }

  // start begins a new count.
  start() {
    this.clicks = 0;
    this.fields = 0;
  }

  at(target) {
    return typeof target === "string" ? byId(this.page, target) : target;
  }

  async press(target) {
    this.clicks++;
    await this.at(target).first().click();
  }

  // send presses a button that leads to another page, and waits for it.
  async send(target) {
    const arrived = this.page.waitForEvent("load");
    await this.press(target);
    await arrived;
  }

  async fill(target, text) {
    this.fields++;
    await this.at(target).fill(text);
  }

  async choose(name, value) {
    this.clicks++;
    await this.page.locator(`input[name="${name}"][value="${value}"]`).check();
  }

  async select(target, option) {
    this.fields++;
    await this.at(target).selectOption(option);
  }

  async upload(target, files) {
    this.fields++;
    await this.at(target).setInputFiles(files);
  }

  // see waits for an element and gives its text.
  async see(target) {
    const found = this.at(target).first();
    await found.waitFor();
    return (await found.innerText()).trim();
  }

  get count() {
    return { clicks: this.clicks, fields: this.fields };
  }
}

// must fails with words when something does not hold.
export function must(holds, words) {
  if (!holds) throw new Error(words);
}

// until asks again and again, for what the house does in the background.
export async function until(holds, words, seconds = 15) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(words);
}
