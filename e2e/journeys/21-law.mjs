// The procedures of the Regulations, through the pages that people use: each
// deed is a form that somebody opens, fills in and sends, in the role that the
// law gives it to. What happens before the procedure that a story is about is
// sent without opening its pages, but with E2E_FULL=1. The full crowd of a
// collective petition runs over the API.
import { City, post, someone, words } from "../lib/city.mjs";
import { Hand, byId, must, signIn } from "../lib/people.mjs";

export const title = "simple, extended, disputed, shared, unsatisfied, reviewed, accused, joint";

const stories = { sameDay, extended, disputed, shared, unsatisfied, reviewed, accused, joint };

export async function run({ open, signIns }) {
  const house = new House(open, signIns);
  for (const [name, tell] of Object.entries(stories)) {
    await tell(house).catch((error) => {
      error.message = `${name}: ${error.message}`;
      throw error;
    });
  }
  const problems = house.pages.flatMap((page) => page.problems);
  must(!problems.length, problems.join("\n"));
}

const lead = "名川市住房和城乡建设局";
const classed = { category: "0305", nature: "R7", urgency: "yellow", procedure: "ordinary" };
const opinion = {
  facts: "电梯因曳引机故障停用，维修资金账户余额充足。", text: "责成物业七日内修复并公示资金使用情况。",
  basis: "《住宅专项维修资金管理办法》第二十四条", remedy: "不服本意见的，可在三十日内请求复查。", result: "supported",
};
const resolved = { outcome: "resolved", evidence: "维修验收单和业主签字的使用确认。" };
const unhappy = { rated_unit: "2", rated_result: "1" };

// House opens the pages of its people: staff once each, by login.
class House {
  constructor(open, signIns) {
    Object.assign(this, { signIns, desks: {}, pages: [], filed: 0 });
    this.open = async (options) => {
      const page = await open(options);
      this.pages.push(page);
      return page;
    };
    this.city = new City(this.open, signIns);
  }

  async desk(login) {
    if (!this.desks[login]) {
      const page = await this.open({});
      await signIn(page, { login, password: this.signIns.bureau_clerk.password });
      this.desks[login] = new Hand(page);
    }
    return this.desks[login];
  }

  // file gives a petitioner with a case, on the page that follows it.
  async file(changes = {}) {
    const { no, code, page } = await this.city.file({ words: `${words}这是第 ${++this.filed} 次反映。`, ...changes });
    await page.context().addCookies([{ name: "lang", value: "zh", url: new URL(page.url()).origin }]);
    const me = new Petitioner(page, no, code);
    await me.enter();
    return me;
  }

  // does opens the form of a verb on a case, fills it in and sends it.
  async does(login, no, verb, fields = {}) {
    const hand = await this.desk(login);
    const path = `/desk/cases/${no}/do/${verb}`;
    const answer = await hand.page.goto(path);
    must(answer.ok(), `${login} may not ${verb}: ${answer.status()} ${await told(hand.page)}`);
    const form = byId(hand.page, `act-${verb}`);
    for (const [name, value] of Object.entries(fields)) await enter(form, name, value);
    await hand.send(form.locator('[data-testid="submit"]'));
    must(await byId(hand.page, "flash").count(), `${login}: ${verb}: ${await told(hand.page)}`);
  }

  // sends does the same without a look at the form.
  async sends(login, no, verb, fields = {}) {
    if (process.env.E2E_FULL) return this.does(login, no, verb, fields);
    const { page } = await this.desk(login);
    const data = { ...fields };
    if (data.unit === lead) data.unit = await this.city.unit(no);
    await post(page, `/desk/cases/${no}/${verb}`, data);
  }

  // refused tells whether a page of a case is kept from somebody as if it were
  // not there.
  async refused(login, no) {
    const hand = await this.desk(login);
    const answer = await hand.page.goto(`/desk/cases/${no}`);
    return answer.status() === 404;
  }

  // handled takes a case from its dispatch to the end of its round.
  async handled(no, who = "handler", approver = "unithead", more = {}) {
    const { plan, evidence } = more;
    await this.sends("clerk", no, "forward", { unit: lead, ...classed });
    await this.sends(who, no, "accept", plan ? { plan } : {});
    await this.answered(no, who, approver, evidence ? { evidence } : {});
  }

  async answered(no, who = "handler", approver = "unithead", more = {}) {
    await this.sends(who, no, "draft", { ...opinion, ...more });
    await this.sends(approver, no, "approve");
    await this.sends(who, no, "serve", { method: "electronic" });
    await this.sends(who, no, "conclude", resolved);
  }
}

class Petitioner extends Hand {
  constructor(page, no, code) {
    super(page);
    Object.assign(this, { no, code });
  }

  async enter() {
    await this.page.goto("/follow");
    await this.fill("no", this.no);
    await this.fill("code", this.code);
    await this.press("look");
    await this.see("case-no");
  }

  async does(verb, fields = {}) {
    await this.page.goto(`/follow/${this.no}`);
    await this.press(`do-${verb}`);
    const form = byId(this.page, `act-${verb}`);
    await form.waitFor();
    for (const [name, value] of Object.entries(fields)) await enter(form, name, value);
    await this.send(form.locator('[data-testid="confirm"]'));
    must(await byId(this.page, "flash").count(), `petitioner: ${verb}: ${await told(this.page)}`);
  }

  async reads() {
    await this.page.goto(`/follow/${this.no}`);
    return this.page.locator("main").textContent(); // with what is folded away
  }
}

// enter gives a field its value, whatever kind of field it is.
async function enter(form, name, value) {
  const radio = form.locator(`input[type="radio"][name="${name}"][value="${value}"]`);
  if (await radio.count()) return radio.check();
  const field = form.locator(`[name="${name}"]:not([type="hidden"])`).first();
  if ((await field.evaluate((el) => el.tagName)) !== "SELECT") return field.fill(value);
  const option = field.locator(`option[value="${value}"]`);
  if (await option.count()) return field.selectOption(value);
  const named = await field.locator("option", { hasText: value }).first().getAttribute("value");
  return field.selectOption(named);
}

const told = async (page) => (await page.locator("main").innerText()).replace(/\s+/g, " ").slice(0, 400);

// sameDay: the bureau answers a simple matter at once.
async function sameDay(house) {
  const me = await house.file();
  await house.does("clerk", me.no, "triage", { ...classed, procedure: "simple" });
  await house.does("clerk", me.no, "reply", { text: "物业今天已经修好，请您查看。", ...resolved });
  must((await me.reads()).includes("今天已经修好"), "the answer is there the same day");
}

// extended: the unit asks for more days and its head grants them.
async function extended(house) {
  const me = await house.file();
  await house.does("clerk", me.no, "forward", { unit: lead, ...classed });
  await house.does("handler", me.no, "accept");
  await me.reads();
  const before = await byId(me.page, "duties").textContent();
  await house.does("handler", me.no, "request_extension", { days: "20", reason: "配件需要从外地调运。" });
  await house.does("unithead", me.no, "rule_extension", { upheld: "true", reason: "同意延长二十日。" });
  await me.reads();
  must((await byId(me.page, "duties").textContent()) !== before, "the petitioner sees the later date");
  await house.answered(me.no);
  must(/延[期长]/.test(await me.reads()), "and that it was extended");
}

// disputed: an objection with its duty item, and the ruling on it.
async function disputed(house) {
  const me = await house.file();
  await house.does("clerk", me.no, "forward", { unit: lead, ...classed });
  await house.does("handler", me.no, "object", { reason: "该小区由区里管理。", basis: "《物业管理条例》第五条", duty: "责任清单第七项" });
  await house.does("clerk", me.no, "consult", { method: "phone", attendees: "住建局、信访局", text: "请住建局先联系住户。" });
  await house.does("head", me.no, "rule", { upheld: "false", reason: "责任清单写明由市级主办。" });
  await house.does("handler", me.no, "accept");
  must((await me.reads()).includes(lead), "the ruling leaves it with the unit");
}

// shared: a lead and two assisting units, one consolidated answer.
async function shared(house) {
  const me = await house.file();
  await house.does("clerk", me.no, "forward", { unit: lead, ...classed });
  await house.does("handler", me.no, "accept");
  const helpers = { "czj.handler": "名川市财政局", "cgj.handler": "名川市城市管理局" };
  for (const unit of Object.values(helpers)) {
    await house.does("handler", me.no, "add_task", { unit, text: "请核实维修资金账户并说明。", days: "5" });
  }
  const early = await (await house.desk("handler")).page.goto(`/desk/cases/${me.no}/do/draft`);
  must(early.status() === 409, `an answer waits for those who assist: ${early.status()}`);
  let n = 0;
  for (const login of Object.keys(helpers)) {
    must(!(await house.refused(login, me.no)), `${login} sees the case`);
    await house.does(login, me.no, "answer_task", { task: String(++n), text: "账户余额充足，说明附后。" });
  }
  await house.does("handler", me.no, "draft", opinion);
  await house.does("unithead", me.no, "approve");
  await house.does("handler", me.no, "serve", { method: "electronic" });
  await house.does("handler", me.no, "conclude", resolved);
  must((await me.reads()).includes("处理意见书"), "one answer for all");
}

// unsatisfied climbs every rung: looked back at, dispatched a second time,
// consulted, checked by the level above.
async function unsatisfied(house) {
  const me = await house.file();
  const anew = { plan: "更换承办人，一周内与信访人见面。", evidence: "新的检测报告" };
  await house.handled(me.no);
  await me.does("rate", unhappy);
  await house.does("clerk", me.no, "look_back", { upheld: "true", text: "回查发现只修了一天。" });
  await house.handled(me.no, "handler2", "head", anew);
  await me.does("rate", unhappy);
  await house.does("clerk", me.no, "hold_consultation", { upheld: "true", method: "onsite", attendees: "住建局、物业、社区", text: "应当更换曳引机。" });
  await house.handled(me.no, "unithead", "head", anew);
  await me.does("rate", unhappy);
  await house.does("clerk2", me.no, "check_above", { upheld: "false", text: "已更换曳引机，运行正常。" });
  must(!(await byId(me.page, "do-rate").count()), "after the last rung the closing stands");
}

// reviewed: review, recheck with a hearing by others, and the end.
async function reviewed(house) {
  const me = await house.file();
  await house.handled(me.no);
  const review = await asksForReview(me, "关键事实没有查清。");
  const decision = { facts: "调阅案卷并到现场核对。", text: "原意见事实清楚，予以维持。", basis: "《信访工作条例》第三十五条", decision: "maintain" };
  await house.does("clerk", review.no, "take_up");
  await house.does("clerk", review.no, "draft", { ...decision, remedy: "三十日内可以请求复核。" });
  await closes(house, review.no, "clerk");
  const recheck = await asksForReview(review, "复查没有到现场。");
  const again = await (await house.desk("clerk")).page.goto(`/desk/cases/${recheck.no}/do/take_up`);
  must(again.status() === 409, `who reviewed does not recheck: ${again.status()}`);
  await house.does("clerk2", recheck.no, "take_up");
  await house.does("clerk2", recheck.no, "open_hearing", { text: "争议焦点：维修资金的使用。", attendees: "主持人一名、听证员三名" });
  await house.does("clerk2", recheck.no, "close_hearing", { text: "多数听证员认为原意见正确。" });
  await house.does("clerk2", recheck.no, "draft", decision);
  await closes(house, recheck.no, "clerk2");
  await house.does("head", me.no, "finalise", { ground: "three_opinions", reason: "办理、复查、复核意见均已送达。" });
  must((await me.reads()).includes("终结"), "the petitioner reads that it is final");
}

async function closes(house, no, clerk) {
  await house.does("head", no, "approve");
  await house.does(clerk, no, "serve", { method: "direct" });
  await house.does(clerk, no, "conclude", { text: "已送达。" });
}

// asksForReview leads to the new case that the request begins.
async function asksForReview(me, reason) {
  await me.does("request_review", { reason });
  await me.page.goto(`/follow/${me.no}`);
  await me.send("open-review");
  const no = await me.see("case-no");
  must(no !== me.no, "a review has a number of its own");
  return new Petitioner(me.page, no, "");
}

// accused: whom an accusation names learns nothing of it.
async function accused(house) {
  const clerk = await house.desk("clerk");
  const any = await house.file();
  await clerk.page.goto(`/desk/cases/${any.no}/do/forward`);
  const unit = await clerk.page.locator("#f-unit option", { hasText: lead }).first().getAttribute("value");
  const secret = "名川市住建局一名工作人员在维修资金审批中索要好处，时间是十一月三日上午。";
  const me = await house.file({ purpose: "accusation", accused: unit, words: secret, wish: "请依法查处。" });
  for (const login of ["handler", "unithead", "clerk"]) must(await house.refused(login, me.no), `${login} does not see the accusation`);
  for (const login of ["handler", "clerk"]) {
    const { page } = await house.desk(login);
    await page.goto(`/desk/search?q=${encodeURIComponent("索要好处")}`);
    must(!(await page.locator(`a[href$="${me.no}"]`).count()), `${login} does not find it`);
  }
  await house.does("head", me.no, "forward", { unit: "名川市纪委监委", ...classed, category: "1402", nature: "R1" });
  await house.does("jw.handler", me.no, "accept");
  must(await house.refused("handler", me.no), "nor after its dispatch");
  must((await me.reads()).includes("受理"), "the accuser follows it");
}

// joint: the people of one house, 66 with E2E_FULL, every day as many as one
// address may sign at once. Two of them join on their phones, follow with codes
// of their own, and say what the answer is worth; the others sign too.
const house66 = process.env.E2E_FULL ? 66 : 33;

async function joint(house) {
  const me = await house.file();
  await me.press("open-link");
  const link = await byId(me.page, "join-link").getAttribute("href");
  const signers = [];
  for (const [i, name] of ["白果", "陆小满"].entries()) {
    const page = await house.open({ screen: "phone" });
    const hand = new Hand(page);
    await page.goto(new URL(link, "http://any").pathname);
    for (const [field, value] of Object.entries({ name, phone: `1390000001${i}`, address: someone.address })) await hand.fill(field, value);
    await page.locator('input[name="agreed"]').check();
    await hand.press("sign");
    signers.push(new Petitioner(page, await hand.see("joined-no"), await hand.see("joined-code")));
  }
  await signers[0].page.evaluate(signAll, { path: new URL(link, "http://any").pathname, address: someone.address, people: house66 - 3 });
  signers[0].page.problems.splice(0, Infinity, ...signers[0].page.problems.filter((p) => !p.includes("429"))); // who was told to wait did
  await me.does("name_speakers", { count: "5" });
  await house.handled(me.no);
  for (const who of [me, ...signers]) {
    await who.enter();
    await who.does(who === me ? "rate" : "co_rate", { rated_unit: "4", rated_result: "3" });
  }
  const clerk = await house.desk("clerk");
  await clerk.page.goto(`/desk/cases/${me.no}`);
  must((await clerk.see("cosign-tally")).includes(String(house66)), "all of them stand behind it");
}

// signAll fills in the form of the join link for many, within the page.
async function signAll({ path, address, people }) {
  const given = [..."一二三四五六七八九"];
  for (let i = 0; i < people; i++) {
    const form = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html").querySelector('[data-testid="sign"]').closest("form");
    const fields = new FormData(form);
    const name = "钟" + given[Math.floor(i / 9)] + given[i % 9];
    for (const [field, value] of Object.entries({ name, phone: `139000001${String(i).padStart(2, "0")}`, address, agreed: "1" })) fields.set(field, value);
    const sign = () => fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(fields) });
    let answer = await sign();
    for (let again = 0; answer.status === 429 && again < 20; again++) { // one address may not post as fast as this
      await new Promise((go) => setTimeout(go, 500));
      answer = await sign();
    }
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  }
}
