// What people get wrong, and what somebody tries who should not: every refusal
// says what to do and loses nothing that was typed. It comes last, because it
// ends with doors that are shut for a while.
import { someone, words, wish } from "../lib/city.mjs";
import { Hand, byId, must, signIn, totp, until } from "../lib/people.mjs";

export const title = "mistakes, wrong codes and locked doors";

export async function run({ open, signIns }) {
  for (const script of [true, false]) await mistakes(await open({ screen: "phone", script }));
  const filed = await hostileWords(await open({ screen: "phone" }));
  await strangers(open, signIns, filed);
  await secondFactor(open, signIns);
  await lockedSignIn(await open({}), signIns.agent);
  await lockedCase(await open({ screen: "phone", script: false }), filed);
}

// mistakes: an empty form, a bad phone number, a file that is none.
async function mistakes(page) {
  const c = new Hand(page);
  await page.goto("/file");
  if (page.scripted) await page.locator("main form").evaluate((form) => (form.noValidate = true));
  await c.fill("words", "  ");
  await c.press("next-step");
  // Without script the browser's own check of required fields stays on, and
  // blanks pass it: the house answers.
  await c.see("errors");
  await c.page.locator("#errors a").first().click();
  must(page.url().endsWith("#f-words"), "the summary leads to the field");
  await c.fill("words", words);
  await c.press("next-step");
  await c.select("area", { index: 2 });
  await c.press("next-step");
  await c.fill("wish", wish);
  await c.press("next-step");
  const told = { ...someone, phone: "12", id_no: "990000190001010000" };
  for (const [field, value] of Object.entries(told)) await c.fill(field, value);
  await c.press("next-step");
  await c.see("errors");
  for (const [field, value] of Object.entries(told)) {
    must((await byId(page, field).inputValue()) === value, `${field} is kept as typed`);
  }
  must((await page.locator(".has-error").count()) === 2, "phone and identity number are marked");
  await c.fill("phone", someone.phone);
  await c.fill("id_no", "");
  await c.press("next-step");
  await c.upload("files", { name: "照片.png", mimeType: "image/png", buffer: Buffer.from("MZ not a picture at all") });
  await c.press("next-step");
  must((await c.see("errors")).includes("照片.png"), "a file that is not what it says is refused by name");
  await c.press("next-step");
  await c.see("send");
  must((await page.locator("main").innerText()).includes("轮椅"), "five steps later everything is still there");
}

// hostileWords: what looks like a page is text.
async function hostileWords(page) {
  const c = new Hand(page);
  const evil = `<script>document.title="broken"</script><img src=x onerror=alert(1)> '; DROP TABLE case_file; -- ${words}`;
  await page.goto("/file");
  await c.fill("words", evil);
  await c.press("next-step");
  await c.select("area", { index: 1 });
  await c.press("next-step");
  await c.fill("wish", wish);
  await c.press("next-step");
  for (const [field, value] of Object.entries(someone)) await c.fill(field, value);
  await c.press("next-step");
  await c.press("next-step");
  await c.press("send");
  const filed = { no: await c.see("receipt-no"), code: await c.see("receipt-code") };
  await c.press("follow-now");
  must((await c.see("words")).includes("<script>"), "the words are shown as they were written");
  must((await page.title()).includes(filed.no), "and run nowhere");
  // The browser's own Back goes through the steps, and a second press of the
  // last button registers nothing twice.
  await page.goBack();
  await c.see("receipt");
  await page.goBack();
  await c.press("send");
  must((await c.see("receipt-no")) === filed.no, "the same filing sent twice is one case");
  must(!page.problems.length, page.problems.join("\n"));
  return filed;
}

// strangers open the addresses of others.
async function strangers(open, signIns, { no }) {
  const stranger = await open({});
  await stranger.goto(`/follow/${no}`);
  must(new URL(stranger.url()).pathname === "/follow", "without the code nobody sees the case");
  await stranger.goto(`/receipt/${no}`);
  must(new URL(stranger.url()).pathname === "/follow", "nor the receipt");
  for (const path of [`/desk/cases/${no}`, "/desk", "/lead", "/admin/staff"]) {
    await stranger.goto(path);
    must(new URL(stranger.url()).pathname === "/signin", `${path} asks to sign in`);
  }
  const handler = await open({});
  await signIn(handler, signIns.unit_handler);
  must((await handler.goto(`/desk/cases/${no}`)).status() === 404, "a unit that does not have the case cannot tell that there is one");
  await byId(handler, "failure").waitFor();
  must([403, 404].includes((await handler.goto("/admin/staff")).status()), "a handler does not administer");
}

// secondFactor: enrolled once, asked for ever after.
async function secondFactor(open, signIns) {
  const who = { ...signIns.operator };
  const page = await open({});
  await signIn(page, who);
  await page.goto("/account/second-factor");
  who.totp = (await byId(page, "secret").innerText()).trim();
  // The code of the half minute before is still good, and leaves the present
  // one, which works once, for the sign-in.
  await byId(page, "code").fill(totp(who.totp, Date.now() - 30_000));
  await byId(page, "confirm").click();
  await byId(page, "recovery").waitFor();
  await page.context().clearCookies({ name: /session/ });
  const again = new Hand(await open({}));
  await again.page.goto("/signin");
  await again.fill("login", who.login);
  await again.fill("password", who.password);
  await again.press("sign-in");
  await again.fill("code", "000000");
  await again.press("prove");
  await again.see("errors");
  await again.fill("code", totp(who.totp));
  await again.press("prove");
  await again.see("who");
}

// lockedSignIn: after five failures the right password does not help either,
// and the answer is the same.
async function lockedSignIn(page, who) {
  const h = new Hand(page);
  const attempt = async (password) => {
    await page.goto("/signin");
    await h.fill("login", who.login);
    await h.fill("password", password);
    await h.press("sign-in");
  };
  const said = new Set();
  for (let n = 0; n < 5; n++) {
    await attempt(`wrong ${n}`);
    said.add(await h.see("errors"));
    must((await byId(page, "login").inputValue()) === who.login, "the login is kept");
    must((await byId(page, "password").inputValue()) === "", "the password is not");
  }
  await attempt(who.password);
  said.add(await h.see("errors"));
  must(said.size === 1, "a locked door says what a wrong key hears");
  must([...said][0].includes("锁定"), "and how it can be locked");
}

// lockedCase: ten wrong codes close the case's door for a while.
async function lockedCase(page, { no, code }) {
  const c = new Hand(page);
  const attempt = async (key) => {
    await page.goto("/follow");
    await c.fill("no", no);
    await c.fill("code", key);
    await c.press("look");
  };
  await until(async () => {
    await attempt("2222-2222");
    return (await c.see("errors")).includes("12345");
  }, "wrong codes lock the case", 60);
  await attempt(code);
  must((await c.see("errors")).includes("试错次数太多"), "even the right code waits now, and the page says until when");
  must((await byId(page, "no").inputValue()) === no, "the number is kept");
}
