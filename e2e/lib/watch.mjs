// What no page may do, whoever looks at it: raise a script error, break its
// content security policy, answer with a fault, ask another origin, or make a
// citizen load more script than the house allows.

const scriptLimit = 100 * 1024;

// watch notes every offence in page.problems.
export function watch(page, baseURL) {
  page.problems = [];
  const origin = new URL(baseURL).origin;
  const note = (text) => page.problems.push(text);
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("console", (line) => {
    // Pages that say no, such as a form with a mistake, are told by their
    // status; the browser reports them here once more.
    if (line.type() === "error" && !/the server responded with a status of 4\d\d/.test(line.text())) note(`console: ${line.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) note(`request leaves the house: ${url.href}`);
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const asset = !response.request().isNavigationRequest();
    if (response.status() >= 500 || (asset && response.status() >= 400)) note(`${response.status()} ${pathname}`);
  });
}

// scriptOver gives what is wrong with the weight of a public page's script.
export async function scriptOver(page) {
  const sizes = await page.evaluate(() =>
    [...document.scripts].filter((s) => s.src).map((s) => {
      const entry = performance.getEntriesByName(s.src)[0];
      return entry ? entry.decodedBodySize : 0;
    }),
  );
  const total = sizes.reduce((a, b) => a + b, 0);
  return total > scriptLimit ? `${total} bytes of script` : null;
}
