// The bridge to reader, scanner and printer: a WebSocket on this machine.
// docs/kiosk.md describes the messages.

type Answer = {
  id: string; ok: boolean; error?: string; has?: string[];
  card?: { name: string; id_no: string; address?: string; sex?: string };
  image?: { name: string; type: string; data: string };
};

let line: WebSocket | undefined;
let has: string[] = [];
let serial = 0;
const open = new Map<string, (a: Answer) => void>();

/** What the machine has, for the heartbeat. */
export const devices = () => has.join(" ");

/** Connects, and shows what can be done with what is there. */
export function useDevices(): void {
  const address = document.body.dataset["bridge"];
  if (address) connect(address);
  document.addEventListener("htmx:load", show);
  document.addEventListener("click", (e) => {
    const el = e.target as Element;
    const button = el.closest<HTMLElement>("[data-read-card], [data-scan], [data-print-slip]");
    if (!button) return;
    const box = button.closest<HTMLElement>(".device");
    if (!box) return;
    if ("readCard" in button.dataset) void use(box, { do: "card", wait: 30 }, fill);
    else if ("scan" in button.dataset) void use(box, { do: "scan", wait: 60 }, attach);
    else void printSlip(box);
  });
}

function connect(address: string): void {
  line = new WebSocket(address);
  line.onopen = () => void ask({ do: "hello" }).then((a) => {
    has = a.has ?? [];
    show();
  });
  line.onmessage = (e) => {
    const a = JSON.parse(String(e.data)) as Answer;
    open.get(a.id)?.(a);
    open.delete(a.id);
  };
  line.onclose = () => {
    has = [];
    show();
    open.forEach((answer, id) => answer({ id, ok: false, error: "no_device" }));
    open.clear();
    window.setTimeout(() => connect(address), 5000);
  };
}

function ask(what: Record<string, unknown>): Promise<Answer> {
  const id = String(++serial);
  return new Promise((done) => {
    if (line?.readyState !== WebSocket.OPEN) return done({ id, ok: false, error: "no_device" });
    open.set(id, done);
    line.send(JSON.stringify({ id, ...what }));
  });
}

function show(): void {
  document.querySelectorAll<HTMLElement>("[data-device]").forEach((box) => (box.hidden = !has.includes(box.dataset["device"] ?? "")));
}

function tell(box: HTMLElement, word: string): void {
  const words = Array.from(box.querySelectorAll<HTMLElement>("[data-word]"));
  const known = words.some((w) => w.dataset["word"] === word) ? word : "failed";
  words.forEach((w) => (w.hidden = w.dataset["word"] !== known));
}

async function use(box: HTMLElement, what: Record<string, unknown>, then: (a: Answer) => void): Promise<void> {
  tell(box, "wait");
  const a = await ask(what);
  if (a.ok) then(a);
  tell(box, a.ok ? "done" : a.error ?? "failed");
}

function fill(a: Answer): void {
  for (const [name, value] of Object.entries({ name: a.card?.name, id_no: a.card?.id_no, address: a.card?.address })) {
    const input = document.querySelector<HTMLInputElement>(`[data-kiosk-form] input[name="${name}"]:not([type=hidden])`);
    if (input && value) input.value = value;
  }
}

/** A scanned page goes into the form's own file field, beside what is there. */
function attach(a: Answer): void {
  const input = document.querySelector<HTMLInputElement>("[data-kiosk-form] input[type=file]");
  if (!input || !a.image) return;
  const raw = atob(a.image.data);
  const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
  const all = new DataTransfer();
  Array.from(input.files ?? []).forEach((f) => all.items.add(f));
  all.items.add(new File([bytes], `${all.items.length + 1}-${a.image.name}`, { type: a.image.type }));
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Prints through the bridge, or as the browser does where there is none. */
async function printSlip(box: HTMLElement): Promise<void> {
  const slip = document.querySelector<HTMLElement>("[data-slip]")?.dataset["slip"];
  if (!has.includes("print") || !slip) return window.print();
  await use(box, { do: "print", slip }, () => { /* the paper is the answer */ });
}
