// Brings cases into the state that a page is to be looked at in: the same
// forms that people send, without opening their pages.
import { signIn } from "./people.mjs";

export const words =
  "名川市三号楼的电梯从十一月二日起就停了，已经三个星期。\n" +
  "楼里有好几位七八十岁的老人，还有一位坐轮椅的，现在下不了楼。物业说没有维修资金，让我们等。";
export const wish = "尽快修好电梯，并说明维修资金是怎么用的。";
export const someone = { name: "柳青禾", phone: "13900000007", address: "名川市幸福小区三号楼二单元 401" };

// What each verb brings to the case of the stopped lift.
const deeds = {
  forward: { category: "0305", nature: "R7", urgency: "yellow", procedure: "ordinary" },
  accept: { procedure: "ordinary" },
  object: { reason: "该小区属区住建局管理。", basis: "《物业管理条例》第五条" },
  request_extension: { days: "20", reason: "配件需要从外地调运。" },
  record: { text: "到现场查看，联系了维保单位。", method: "visit" },
  draft: {
    facts: "电梯因曳引机故障停用，维修资金账户余额充足。", text: "责成物业七日内修复并公示资金使用情况。",
    basis: "《住宅专项维修资金管理办法》第二十四条", remedy: "不服本意见的，可在三十日内请求复查。", result: "supported",
  },
  approve: {},
  contest: { reason: "电梯只修了一天又停了。" },
  serve: { method: "direct" },
  conclude: { outcome: "resolved", evidence: "维修验收单和业主签字的使用确认。" },
};

// City drives cases with one signed-in browser context for each role.
export class City {
  constructor(open, signIns) {
    Object.assign(this, { open, signIns, desks: {} });
  }

  // desk gives a page on which somebody of this role is signed in.
  async desk(role) {
    if (!this.desks[role]) {
      const page = await this.open({});
      await signIn(page, this.signIns[role]);
      this.desks[role] = page;
    }
    return this.desks[role];
  }

  // file registers a filing from the public site and gives number and code.
  async file(changes = {}) {
    const page = await this.open({ lang: "en" });
    await page.goto("/file");
    const key = await page.locator("input[name=_key]").first().inputValue();
    const area = await this.area();
    const filing = { _key: key, at: "check", words, area, purpose: "request", wish, ...someone, ...changes };
    await post(page, "/file/send", filing);
    const cookies = await page.context().cookies();
    const receipt = cookies.find((c) => c.name === "receipt");
    const no = receipt.path.split("/").pop();
    await page.goto(`/receipt/${no}`);
    const code = (await page.locator('[data-testid="receipt-code"]').innerText()).trim();
    return { no, code, page };
  }

  // area is the whole city, where the clerk of the bureau of the city works.
  async area() {
    if (!this.place) {
      const desk = await this.desk("bureau_clerk");
      await desk.goto("/desk/new");
      this.place = await desk.locator("#f-area option").first().getAttribute("value");
    }
    return this.place;
  }

  // unit is where the handler works, as the form of a case offers it.
  async unit(no) {
    if (!this.lead) {
      const handler = await this.desk("unit_handler");
      await handler.goto("/desk");
      const name = (await handler.locator(".page-head .kicker").innerText()).trim();
      const clerk = await this.desk("bureau_clerk");
      await clerk.goto(`/desk/cases/${no}/do/forward`);
      this.lead = await clerk.locator("#f-unit option", { hasText: name }).first().getAttribute("value");
    }
    return this.lead;
  }

  // carry leads a filed case through the verbs.
  async carry({ no, code, page }, ...verbs) {
    for (const verb of verbs) {
      if (verb === "contest") {
        await post(page, "/follow", { no, code });
        await post(page, `/follow/${no}/contest`, deeds.contest);
        continue;
      }
      const role = { forward: "bureau_clerk", approve: "unit_head" }[verb] ?? "unit_handler";
      const data = { ...deeds[verb] };
      if (verb === "forward") data.unit = await this.unit(no);
      await post(await this.desk(role), `/desk/cases/${no}/${verb}`, data);
    }
  }
}

// post sends a form as its page would and fails when the house says no.
export async function post(page, path, form) {
  const answer = await page.context().request.post(path, { form, maxRedirects: 0 });
  if (answer.status() !== 303) {
    const text = (await answer.text()).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
    throw new Error(`POST ${path}: ${answer.status()} ${text.slice(0, 600)}`);
  }
}
