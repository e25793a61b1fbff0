// The dark theme and large print, together, on the pages that show most.
import { signIn } from "../lib/people.mjs";
import { sweep } from "../lib/sweep.mjs";

export const title = "dark theme and large print";

export async function run({ open, signIns }) {
  return sweep(async (lang, visit) => {
    const page = await open({ lang, dark: true, largePrint: true });
    for (const path of ["/", "/file", "/follow", "/signin"]) await look(page, path, visit);
    await signIn(page, signIns.bureau_clerk);
    for (const path of ["/desk", "/desk/new", "/lead"]) await look(page, path, visit);
    await page.goto("/desk?view=open");
    await look(page, await page.locator('[data-testid="row"] a').first().getAttribute("href"), visit);
  });
}

async function look(page, path, visit) {
  await page.goto(path);
  await visit(`dark${path.replace(/MC\d\d-.*/, "case")}`, page);
}
