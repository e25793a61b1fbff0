// A case travels from a citizen's phone to a rated answer and is contested:
// once with script and once without. What people press and fill in is counted
// and held against docs/journeys.md.
import { picture } from "../lib/catalogue.mjs";
import { someone, wish, words } from "../lib/city.mjs";
import { tally } from "../lib/counts.mjs";
import { Hand, byId, must, signIn, until } from "../lib/people.mjs";

export const title = "from a citizen's phone to a rated answer, with and without script";

export async function run({ open, signIns }) {
  for (const script of [true, false]) {
    const counts = {};
    const story = new Story({ open, signIns, script, counts });
    await story.tell().catch((error) => {
      error.message = `${script ? "with" : "without"} script: ${error.message}`;
      throw error;
    });
    if (script) await tally(counts);
  }
}

class Story {
  constructor(props) {
    Object.assign(this, props);
  }

  async tell() {
    this.citizen = new Hand(await this.open({ screen: "phone", script: this.script }));
    await this.files();
    this.clerk = await this.staff("bureau_clerk");
    await this.dispatches();
    this.handler = await this.staff("unit_handler");
    await this.handles();
    await this.follows();
    await this.asksMeanwhile();
    await this.answers();
    await this.rates();
    await this.contests();
    await this.registersCall();
    for (const hand of [this.citizen, this.clerk, this.handler, this.head]) {
      must(!hand.page.problems.length, hand.page.problems.join("\n"));
    }
  }

  async staff(role) {
    const page = await this.open({ script: this.script });
    await signIn(page, this.signIns[role]);
    return new Hand(page);
  }

  // count keeps what a hand did since its last start.
  count(name, hand) {
    this.counts[name] = hand.count;
    hand.start();
  }

  async files() {
    const { citizen: c } = this;
    await c.page.goto("/");
    await c.press("door-file");
    await c.fill("words", "电梯");
    await c.press("next-step");
    must((await c.see("errors")).includes("10"), "a short account is refused with a reason");
    must((await byId(c.page, "words").inputValue()) === "电梯", "what was typed is kept");
    await c.page.goto("/");
    c.start();
    await c.press("door-file");
    await c.fill("words", words);
    await c.press("next-step");
    await c.select("area", { index: 1 });
    await c.fill("place", "幸福小区三号楼");
    await c.press("next-step");
    await c.fill("wish", wish);
    await c.press("next-step");
    for (const [field, value] of Object.entries(someone)) await c.fill(field, value);
    await c.press("next-step");
    await c.upload("files", picture);
    await c.press("next-step");
    await c.see("send");
    const back = await c.page.locator("main").innerText();
    for (const told of [...words.split("\n"), wish, someone.name, someone.address, picture.name]) {
      must(back.includes(told), `the read-back shows ${told}`);
    }
    await c.press("send");
    this.no = await c.see("receipt-no");
    this.code = await c.see("receipt-code");
    must(/^[A-Z]{2}\d\d-[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(this.no), `a number to keep: ${this.no}`);
    this.count("file", c);
    await c.press("follow-now");
    must((await c.see("case-no")) === this.no, "the receipt leads to the progress");
    await c.press("leave");
    await c.see("follow-form");
  }

  async dispatches() {
    const { clerk: d } = this;
    await until(async () => {
      await d.page.goto("/desk/search");
      await byId(d.page, "q").fill("电梯");
      await byId(d.page, "q").press("Enter");
      await byId(d.page, "found").waitFor();
      return d.page.locator(`[data-testid="row"] a[href$="${this.no}"]`).count();
    }, "two Chinese characters find the case");
    await d.page.goto("/desk");
    d.start();
    await d.press(d.page.locator(`[data-testid="row"] a[href$="${this.no}"]`));
    must((await d.see("own-words")).includes("轮椅"), "the petitioner's own words come first");
    must(!(await d.see("petitioner")).includes(someone.phone), "the phone is masked");
    must((await d.see("suggestions")).includes("住房和城乡建设局"), "a unit is suggested");
    await d.press("choose-category-1");
    await d.see("act-forward");
    await d.press("submit");
    await d.see(byId(d.page, "owner").filter({ hasText: "住房和城乡建设局" }));
    this.count("dispatch", d);
  }

  // deed carries out one verb on the case that the hand looks at.
  async deed(hand, verb, fields = {}, chosen = {}) {
    const form = byId(hand.page, `act-${verb}`);
    const asks = Object.keys({ ...fields, ...chosen }).length > 0;
    if (asks) {
      await hand.press(`do-${verb}`);
      await form.waitFor();
      for (const [name, text] of Object.entries(fields)) await hand.fill(form.locator(`#f-${name}`), text);
      for (const [name, value] of Object.entries(chosen)) await hand.press(form.locator(`input[name="${name}"][value="${value}"]`));
    }
    await hand.send(asks ? form.locator('[data-testid="submit"]') : `do-${verb}`);
    await hand.see("flash");
  }

  async handles() {
    const { handler: h } = this;
    await h.press("tab-mine");
    await h.press(h.page.locator(`[data-testid="row"] a[href$="${this.no}"]`));
    await this.deed(h, "sign");
    h.start();
    await this.deed(h, "accept", {}, { procedure: "ordinary" });
    this.count("accept", h);
    await this.deed(h, "record", { text: "到现场查看，联系了维保单位。" }, { method: "visit" });
  }

  async enters(code = this.code) {
    const { citizen: c } = this;
    await c.page.goto("/follow");
    c.start();
    await c.fill("no", this.no.toLowerCase().replaceAll("-", " "));
    await c.fill("code", code);
    await c.press("look");
  }

  async follows() {
    const { citizen: c } = this;
    await this.enters("2222-2222");
    must((await c.see("errors")).includes("对不上"), "a wrong code is refused");
    await this.enters();
    const line = await c.see("timeline");
    must(line.includes("住房和城乡建设局") && line.includes("受理"), "the line says who has it and what was done");
    this.count("follow", c);
    await c.press("why");
    must((await c.see("why-lead")).includes("24:00"), "the date is explained");
    must(await byId(c.page, "calendar").locator(".day-due").count(), "the last day is marked in the calendar");
    await c.page.goto(`/follow/${this.no}`);
  }

  async asksMeanwhile() {
    const { citizen: c } = this;
    await c.press("do-supplement");
    await c.fill("text", "昨天物业贴了通知，见照片。");
    await c.upload("files", picture);
    await c.press("confirm");
    await c.see("flash");
    await c.press("do-urge");
    await c.see("flash");
    must((await c.see("wait-urge")).length, "a second urge has to wait, and the page says until when");
  }

  async answers() {
    const { handler: h } = this;
    await h.page.goto(`/desk/cases/${this.no}`);
    h.start();
    await this.deed(h, "draft", {
      facts: "曳引机损坏，维修资金账户余额充足。", text: "责成物业七日内修复，并公示资金使用情况。",
      basis: "《住宅专项维修资金管理办法》第二十四条", remedy: "不服本意见的，可在三十日内请求复查。",
    }, { result: "supported" });
    this.head = await this.staff("unit_head");
    await this.head.page.goto(`/desk/cases/${this.no}`);
    await this.deed(this.head, "approve");
    await h.page.goto(`/desk/cases/${this.no}`);
    await this.deed(h, "serve", {}, { method: "electronic" });
    await this.deed(h, "conclude", { evidence: "维修验收单和业主的使用确认。" }, { outcome: "resolved" });
    h.clicks += this.head.clicks;
    this.count("reply", h);
  }

  async rates() {
    const { citizen: c } = this;
    await this.enters();
    await c.press(c.page.locator('[data-testid^="letter-"]'));
    must((await c.see("letter")).includes("七日内修复"), "the answer can be read");
    await c.page.goto(`/follow/${this.no}`);
    c.start();
    await c.press("do-rate");
    await c.press("rated_unit-3");
    await c.press("rated_result-2");
    await c.press("confirm");
    await c.see("flash");
    this.count("rate", c);
  }

  async contests() {
    const { citizen: c, clerk: d } = this;
    await c.press("do-contest");
    await c.fill("reason", "电梯只修了一天又停了。");
    await c.press("confirm");
    await c.see("flash");
    this.count("contest", c);
    await d.page.goto("/desk");
    await d.see(d.page.locator(`[data-testid="row"] a[href$="${this.no}"]`));
  }

  // registersCall is done without a mouse where script runs.
  async registersCall() {
    const { clerk: d } = this;
    await d.page.goto("/desk/new");
    d.start();
    await d.fill("words", "来电人反映名川市和平街道的路灯坏了五盏，晚上学生放学看不清路，已经半个月没有人修。");
    await d.fill("wish", "请尽快修好路灯。");
    for (const [field, value] of Object.entries({ name: "白果", phone: "13900000009" })) await d.fill(field, value);
    await d.fill(d.page.locator("#f-address"), "名川市和平街道二号院");
    if (this.script) await d.page.keyboard.press("Control+Enter");
    else await d.press("register");
    await d.page.waitForSelector("[data-testid=filed-no], [data-testid=register-anyway]"); // what it resembles is shown first, once
    if (await d.page.locator("[data-testid=register-anyway]").count()) await d.press("register-anyway");
    must(/^[A-Z]{2}\d\d-/.test(await d.see("filed-no")), "the caller is told a number");
    must((await d.see("filed-code")).length >= 8, "and a code");
    this.count("register a call", d);
  }
}
