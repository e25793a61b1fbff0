// Every page of the house in every state that looks different, in the order in
// which it can be reached. visit(name, page) is called on each.
import { City, someone, wish, words } from "./city.mjs";
import { Hand, byId, signIn } from "./people.mjs";

// picture is a small real file.
export const picture = {
  name: "电梯停用通知.png", mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
};

const toEnd = ["forward", "accept", "draft", "approve", "serve", "conclude"];

// everyStage are the verbs that bring a case to each stage of its life.
export const everyStage = [
  ...toEnd.slice(0, -1).map((_, n) => toEnd.slice(0, n)),
  ["forward", "object"],
  ["forward", "accept", "request_extension"],
  [...toEnd, "contest"],
];

// prepare makes the cases that the pages are about; they serve both languages.
export async function prepare(open, signIns, stages) {
  const city = new City(open, signIns);
  const at = async (...verbs) => {
    const filed = await city.file({ words: `${words}这是今年第 ${verbs.length + 1} 次停梯。` });
    await city.carry(filed, ...verbs);
    return filed;
  };
  const cases = { city, handled: await at("forward", "accept", "record"), answered: await at(...toEnd), stages: [] };
  for (const verbs of stages) cases.stages.push((await at(...verbs)).no);
  return cases;
}

// publicPages are those that need no sign-in.
export async function publicPages({ open, lang, cases, visit }) {
  const page = await open({ lang });
  const hand = new Hand(page);
  const plain = { home: "/", clocks: "/clocks", "clocks-answer": "/clocks?clock=T3&start=2026-02-10", law: "/law", follow: "/follow", phone: "/phone", api: "/api", "not-found": "/no-such-page" };
  for (const [name, path] of Object.entries(plain)) {
    await page.goto(path);
    await visit(name, page);
  }
  await filing(page, hand, visit, cases);
  await following(page, hand, visit, cases);
  await byPhone(page, hand, visit);
}

async function filing(page, hand, visit, cases) {
  const next = () => hand.press("next-step");
  await page.goto("/file");
  await visit("file-what", page);
  await page.locator("main form").evaluate((f) => (f.noValidate = true));
  await next();
  await byId(page, "errors").waitFor();
  await visit("file-what-wrong", page);
  await hand.fill("words", words);
  await next();
  await byId(page, "area").waitFor();
  await visit("file-where", page);
  await hand.select("area", await cases.city.area());
  await hand.fill("place", "幸福小区三号楼");
  await next();
  await byId(page, "wish").waitFor();
  await visit("file-wish", page);
  await hand.choose("purpose", "accusation");
  await hand.fill("wish", wish);
  await next();
  await byId(page, "accused").waitFor();
  await visit("file-you-accusation", page);
  await hand.press("back-step");
  await hand.choose("purpose", "request");
  await next();
  await byId(page, "name").waitFor();
  await visit("file-you", page);
  for (const [field, value] of Object.entries(someone)) await hand.fill(field, value);
  await next();
  await hand.upload("files", picture);
  await hand.press("add-files");
  await byId(page, "uploaded").waitFor();
  await visit("file-files", page);
  await next();
  await byId(page, "send").waitFor();
  await visit("file-check", page);
  await hand.press("send");
  await byId(page, "receipt").waitFor();
  await visit("receipt", page);
}

async function following(page, hand, visit, { handled, answered }) {
  await enter(page, hand, { no: handled.no, code: "2222-2222" });
  await byId(page, "errors").waitFor();
  await visit("follow-wrong", page);
  for (const [name, one] of Object.entries({ handled, answered })) {
    await enter(page, hand, one);
    await byId(page, "case-no").waitFor();
    await visit(`case-${name}`, page);
  }
  const at = (one, path) => page.goto(`/follow/${one.no}/${path}`);
  await at(answered, "rate");
  await visit("rate", page);
  await at(answered, "contest");
  await visit("contest", page);
  await page.goto(`/follow/${answered.no}`);
  await page.locator('[data-testid^="letter-"]').first().click();
  await byId(page, "letter").waitFor();
  await visit("letter", page);
  await at(handled, "supplement");
  await visit("supplement", page);
  await at(handled, "withdraw");
  await visit("withdraw", page);
  await page.goto(`/follow/${handled.no}`);
  await hand.press("why");
  await byId(page, "why-lead").waitFor();
  await visit("why", page);
}

async function enter(page, hand, { no, code }) {
  await page.goto("/follow");
  await hand.fill("no", no);
  await hand.fill("code", code);
  await hand.press("look");
}

async function byPhone(page, hand, visit) {
  // Each language asks with a phone of its own: one code a minute each.
  await page.goto("/phone");
  await hand.fill("phone", page.lang === "zh" ? someone.phone : "13900000008");
  await hand.press("ask-code");
  await byId(page, "code-form").waitFor();
  await visit("phone-code", page);
  const shown = (await byId(page, "demo-code").innerText()).match(/\d{6}/)[0];
  await hand.fill("code", shown);
  await hand.press("prove");
  await byId(page, "leave").waitFor();
  await visit("my", page);
}

// Pages of each role that have an address of their own.
const desks = {
  bureau_clerk: ["/desk", "/desk?view=open", "/desk?view=soon", "/desk?view=overdue", "/desk?view=waiting", "/desk?view=closed", "/desk?view=open&filters=1", "/desk?category=0305&late=1", "/desk/first", "/desk/new", "/desk/search", "/desk/search?q=电梯", "/desk/search?q=没有这样的事", "/account", "/account/password", "/account/second-factor"],
  unit_handler: ["/desk", "/desk?view=overdue"],
  supervisor: ["/desk"],
  leader: ["/lead"],
  system_admin: ["/admin/units", "/admin/units/new", "/admin/staff", "/admin/staff/new", "/admin/categories", "/admin/categories/0305", "/admin/duties", "/admin/duties/new", "/admin/calendars", "/admin/calendars/2026-10-01", "/admin/parameters", "/admin/parameters/versions", "/admin/parameters/versions/2022-05-01"],
  sec_admin: ["/admin/staff", "/admin/sessions", "/admin/parameters"],
  audit_admin: ["/admin/audit", "/admin/audit?log=changes"],
};

// staffPages are those behind the sign-in.
export async function staffPages({ open, lang, cases, signIns, visit }) {
  const stranger = await open({ lang });
  await stranger.goto("/signin");
  await visit("signin", stranger);
  for (const [role, paths] of Object.entries(desks)) {
    const page = await open({ lang });
    await signIn(page, signIns[role]);
    for (const path of paths) {
      await page.goto(path);
      await visit(`${role}${path.replaceAll(/[?=&]/g, "-")}`, page);
    }
    if (role.endsWith("_admin") && role !== "audit_admin") {
      for (const list of paths.filter((path) => ["/admin/units", "/admin/staff"].includes(path))) {
        await page.goto(list);
        const one = page.locator(`main a[href^="${list}/"]:not([href*="/new"])`).first();
        await page.goto(await one.getAttribute("href"));
        await visit(`${role}${list}-one`, page);
      }
    }
  }
  await clerkActs({ open, lang, cases, signIns, visit });
  await verbForms({ open, lang, cases, signIns, visit });
}

// clerkActs comes to the pages that only answer an act.
async function clerkActs({ open, lang, cases, signIns, visit }) {
  const page = await open({ lang });
  const hand = new Hand(page);
  await signIn(page, signIns.bureau_clerk);
  await page.goto(`/desk/cases/${cases.handled.no}/why/1`);
  await visit("desk-why", page);
  await page.goto("/desk/cases/MC26-0000-0000");
  await visit("desk-not-found", page);
  await page.goto("/desk/new");
  await page.locator("form[data-testid=new]").evaluate((f) => (f.noValidate = true));
  await hand.press("register");
  await byId(page, "errors").waitFor();
  await visit("desk-new-wrong", page);
  await hand.fill("words", words);
  await hand.fill("wish", wish);
  await hand.fill("name", someone.name);
  await hand.fill(page.locator("#f-address"), someone.address);
  await hand.press("register");
  await byId(page, "filed-no").waitFor();
  await visit("desk-filed", page);
  await page.goto("/desk");
  await page.locator("[data-bulk]").first().check();
  await visit("desk-selected", page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator('[data-testid^="bulk-"]').first().click();
  await byId(page, "submit").or(byId(page, "bulk-row")).first().waitFor();
  await visit("desk-bulk", page);
}

// verbForms looks at a case in every state and at the form of every verb that
// somebody may use on it, once each.
async function verbForms({ open, lang, cases, signIns, visit }) {
  const seen = new Set();
  for (const role of ["bureau_clerk", "bureau_head", "unit_handler", "unit_head", "supervisor"]) {
    const page = await open({ lang });
    await signIn(page, signIns[role]);
    const numbers = new Set([cases.handled.no, cases.answered.no, ...cases.stages]);
    for (const no of numbers) {
      const answer = await page.context().request.get(`/desk/cases/${no}`);
      if (!answer.ok()) continue;
      const forms = [...(await answer.text()).matchAll(/href="([^"?]+\/do\/[a-z_]+)"/g)].map(([, href]) => href);
      const fresh = [...new Set(forms)].filter((href) => !seen.has(href.split("/").pop()));
      if (fresh.length || no === cases.handled.no || no === cases.answered.no) {
        await page.goto(`/desk/cases/${no}`);
        await visit(`${role}-case-${[...numbers].indexOf(no)}`, page);
      }
      for (const href of fresh) {
        seen.add(href.split("/").pop());
        await page.goto(href);
        await visit(`verb-${href.split("/").pop()}`, page);
      }
    }
  }
}
