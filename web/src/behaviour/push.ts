// Messages in the browser: asks for leave when a person presses the button,
// never by itself.

/** [data-push="/where"][data-push-key] subscribes this browser. */
export function offerPush(): void {
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-push]");
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  for (const b of Array.from(buttons)) {
    if (!able) {
      say(b, b.dataset.pushOff);
      b.disabled = true;
      continue;
    }
    b.addEventListener("click", () => {
      b.disabled = true;
      subscribe(b).then(
        () => say(b, b.dataset.pushOn),
        () => {
          say(b, b.dataset.pushOff);
          b.disabled = false;
        },
      );
    });
  }
}

async function subscribe(b: HTMLButtonElement): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
  await navigator.serviceWorker.register("/sw.js");
  const worker = await navigator.serviceWorker.ready;
  const s = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(b.dataset.pushKey ?? "") });
  const answer = await fetch(b.dataset.push ?? "", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(s) });
  if (!answer.ok) throw new Error(String(answer.status));
}

/** The key is base64url. */
function bytes(text: string): ArrayBuffer {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out.buffer;
}

function say(b: HTMLElement, words?: string): void {
  const el = b.querySelector("span");
  if (el && words) el.textContent = words;
}
