// Debian's Chromium, driven by Playwright. The flags keep it from looking for
// servers of its maker, which a closed network refuses.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { watch } from "./watch.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export async function openBrowser() {
  if (!existsSync(executablePath)) {
    throw new Error(`no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM`);
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

// The three screens that every page is looked at on.
export const screens = {
  phone: { width: 360, height: 740 },
  tablet: { width: 768, height: 1024 },
  desk: { width: 1440, height: 900 },
};

// openPage gives a page of its own context: no cookie is shared between people.
export async function openPage(browser, baseURL, { screen = "desk", lang = "zh", script = true, largePrint = false, dark = false } = {}) {
  const context = await browser.newContext({
    baseURL,
    viewport: screens[screen],
    locale: lang === "en" ? "en-GB" : "zh-CN",
    timezoneId: "Asia/Shanghai",
    javaScriptEnabled: script,
    hasTouch: screen === "phone",
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(10_000);
  const cookies = [{ name: "lang", value: lang, url: baseURL }];
  if (largePrint) cookies.push({ name: "large", value: "1", url: baseURL });
  await context.addCookies(cookies);
  const page = await context.newPage();
  page.scripted = script;
  page.lang = lang;
  watch(page, baseURL);
  return page;
}
