// What every page does for those who lose the network: keeps the worker, tells
// it the language, has it send what waits, offers to install.

type Installing = Event & { prompt(): Promise<unknown> };
type Syncing = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

/** Registers the worker, except on machines that many people use. */
export function startOffline(): void {
  const html = document.documentElement;
  if (!("serviceWorker" in navigator) || !("indexedDB" in window) || html.classList.contains("kiosk")) return;
  void navigator.serviceWorker.register("/sw.js").then(async () => {
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ tell: "page", lang: html.lang === "en" ? "en" : "zh" });
    active?.postMessage({ tell: "send" });
  }).catch(() => { /* a browser that forbids it has the ordinary pages */ });
  window.addEventListener("online", () => navigator.serviceWorker.controller?.postMessage({ tell: "send" }));
  remindSize(html);
  offerInstall();
}

/** A page from the worker's cache does not know who reads large print. */
function remindSize(html: HTMLElement): void {
  try {
    if (html.dataset["shell"] === undefined) localStorage.setItem("large", html.classList.contains("large") ? "1" : "");
    else html.classList.toggle("large", localStorage.getItem("large") === "1");
  } catch { /* then it stays as it is */ }
}

function offerInstall(): void {
  let offer: Installing | undefined;
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-install]");
  window.addEventListener("beforeinstallprompt", (e) => {
    e.preventDefault();
    offer = e as Installing;
    buttons.forEach((b) => (b.hidden = false));
  });
  buttons.forEach((b) => b.addEventListener("click", () => void offer?.prompt().then(() => buttons.forEach((x) => (x.hidden = true)))));
}

/** Has it sent as soon as there is a network, also with this page closed. */
export async function askToSend(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = (await navigator.serviceWorker.getRegistration()) as Syncing | undefined;
  try {
    await registration?.sync?.register("outbox");
  } catch { /* not allowed: the next page that is opened sends it */ }
}
