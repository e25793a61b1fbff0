// The page "waiting to be sent": [data-outbox] with one template row for all
// states; words come with the page, so both languages are the server's.
import { type Item, drop, items, mark, newId, onChange, photoCount, photos, addPhoto, read, write } from "./keep";
import { flush } from "./send";

const shares = new Map<string, number>();

/** Fills the list and keeps it up to date. */
export async function showOutbox(): Promise<void> {
  const list = document.querySelector<HTMLElement>("[data-outbox]");
  if (!list) return;
  let again = 0;
  onChange(() => {
    clearTimeout(again);
    again = window.setTimeout(() => void draw(list), 50);
  });
  await draw(list);
  const send = () => void flush((id, share) => {
    shares.set(id, share);
    row(list, id)?.querySelector("progress")?.setAttribute("value", String(share));
  });
  window.addEventListener("online", send);
  document.querySelector("[data-send-all]")?.addEventListener("click", () => void everything().then(send));
  send();
}

/** Whoever presses "send now" does not want to wait for the house's patience. */
async function everything(): Promise<void> {
  for (const i of await items()) if (i.state === "waiting" || i.state === "signin") await mark(i.id, { state: "waiting", later: 0 });
}

const row = (list: HTMLElement, id: string) => list.querySelector<HTMLElement>(`[data-item="${id}"]`);

async function draw(list: HTMLElement): Promise<void> {
  const model = document.querySelector<HTMLTemplateElement>("template[data-outbox-row]");
  if (!model) return;
  const all = (await items()).filter((i) => (list.dataset["outbox"] === "agent") === (i.kind !== "filing"));
  const rows = await Promise.all(all.map((i) => make(model, i).catch(() => undefined)));
  list.replaceChildren(...rows.filter((r): r is HTMLElement => r !== undefined));
  const empty = document.querySelector<HTMLElement>("[data-outbox-empty]");
  if (empty) empty.hidden = all.length > 0;
  const button = document.querySelector<HTMLElement>("[data-send-all]");
  if (button) button.hidden = !all.some((i) => i.state === "waiting" || i.state === "signin");
}

async function make(model: HTMLTemplateElement, item: Item): Promise<HTMLElement> {
  const el = (model.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  el.dataset["item"] = item.id;
  el.dataset["state"] = item.state;
  const kept = await read(item.id);
  const v = kept?.values ?? {};
  set(el, "title", v["title"] || (v["words"] ?? v["text"] ?? "").slice(0, 40));
  set(el, "at", new Date(item.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }));
  set(el, "said", item.said);
  set(el, "no", v["no"] ?? "");
  set(el, "code", v["code"] ?? "");
  el.querySelectorAll<HTMLElement>("[data-for]").forEach((part) => {
    part.hidden = !(part.dataset["for"] ?? "").split(" ").includes(item.state);
  });
  el.querySelectorAll<HTMLElement>("[data-kind]").forEach((part) => (part.hidden = part.dataset["kind"] !== item.kind));
  el.querySelectorAll<HTMLElement>("[data-with]").forEach((part) => (part.hidden ||= !v[part.dataset["with"] ?? ""]));
  await photosOf(el, item);
  act(el, item);
  return el;
}

async function photosOf(el: HTMLElement, item: Item): Promise<void> {
  const count = await photoCount(item.id);
  set(el, "photos", count.all ? `${count.sent} / ${count.all}` : "");
  const bar = el.querySelector("progress");
  if (!bar) return;
  const part = bar.closest<HTMLElement>("[data-photos-part]") ?? bar;
  part.hidden = count.all === 0 || item.state === "sent";
  bar.value = shares.get(item.id) ?? (count.all ? count.sent / count.all : 0);
}

function set(el: HTMLElement, name: string, text: string): void {
  el.querySelectorAll<HTMLElement>(`[data-show="${name}"]`).forEach((part) => {
    part.textContent = text;
    if (text === "") part.hidden = true;
  });
}

const forms = { filing: "/outbox/new", agent: "/agent/new", note: "/agent/note" };

function act(el: HTMLElement, item: Item): void {
  const on = (name: string, run: () => unknown) => el.querySelector(`[data-do="${name}"]`)?.addEventListener("click", () => void run());
  el.querySelector<HTMLAnchorElement>("a[data-do=open]")?.setAttribute("href", forms[item.kind] + "#" + item.id);
  on("drop", () => ask(el, () => drop(item.id)));
  on("noted", () => drop(item.id));
  on("anew", () => anew(item));
  const notice = el.querySelector<HTMLAnchorElement>("a[data-do=notice]");
  if (notice) void read(item.id).then((kept) => notice.setAttribute("href", "/agent/notice/" + (kept?.values["id"] ?? "")));
}

/** Asks once more before anything is lost, in the place of the button. */
function ask(el: HTMLElement, then: () => unknown): void {
  const sure = el.querySelector<HTMLElement>("[data-sure]");
  if (!sure) return void then();
  sure.hidden = false;
  sure.querySelector("button")?.focus();
  sure.querySelector("[data-yes]")?.addEventListener("click", () => void then(), { once: true });
  sure.querySelector("[data-no]")?.addEventListener("click", () => (sure.hidden = true), { once: true });
}

/** The same words as a new matter, with a key and photos of its own. */
async function anew(item: Item): Promise<void> {
  const kept = await read(item.id);
  if (!kept) return;
  const id = newId();
  const { uploads: _, ...values } = kept.values;
  for (const p of await photos(item.id)) await addPhoto(id, new File([p.data], p.name, { type: p.type }));
  await write({ ...item, id, state: "waiting", tries: 0, later: 0, said: "" }, values);
  await drop(item.id);
  await flush();
}
