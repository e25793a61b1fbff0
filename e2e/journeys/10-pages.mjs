// Every page that has an address of its own, in both languages and on every
// screen: no serious accessibility fault, no sideways scroll, no missing word.
import { checkPage, signIn } from "../lib/people.mjs";
import { screens } from "../lib/browser.mjs";

export const title = "every page, both languages, every screen";

const pages = {
  public: ["/", "/file", "/follow", "/phone", "/signin", "/api", "/no-such-page"],
  bureau_clerk: ["/desk", "/desk/new", "/desk/search", "/account"],
  unit_handler: ["/desk"],
  leader: ["/lead"],
  system_admin: ["/admin/units", "/admin/staff", "/admin/categories", "/admin/duties", "/admin/calendars"],
};

export async function run({ open, signIns }) {
  const faults = [];
  for (const lang of ["zh", "en"]) {
    for (const [role, paths] of Object.entries(pages)) {
      const page = await open({ lang });
      if (role !== "public") await signIn(page, signIns[role]);
      for (const path of paths) {
        await page.goto(path);
        // The browser reports a page that is not there as an error; it is one on purpose.
        if (path === "/no-such-page") page.problems.length = 0;
        for (const [screen, size] of Object.entries(screens)) {
          await page.setViewportSize(size);
          await checkPage(page, `${role} ${lang} ${screen}`).catch((error) => faults.push(error.message));
        }
        page.problems.length = 0;
      }
    }
  }
  if (faults.length) throw new Error(faults.join("\n"));
}
