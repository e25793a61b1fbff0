// A form whose answers are kept on this device as they are typed, and sent
// when there is a network: form[data-outbox-form="filing|agent|note"]. The
// address after # says which item is on.
import { type Item, type Kind, type Values, addPhoto, begin, dropPhoto, photos, read, write } from "./keep";
import { askToSend } from "./start";

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Takes over the form of a page, if it has one. */
export async function keepForm(): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form[data-outbox-form]");
  if (!form) return;
  const page = new Kept(form);
  await page.start();
}

class Kept {
  private item: Item;
  private rest: Values = {}; // answers that this page does not ask for
  private timer = 0;
  private saving: Promise<void> = Promise.resolve();

  constructor(private form: HTMLFormElement) {
    this.item = begin(form.dataset["outboxForm"] as Kind);
  }

  async start(): Promise<void> {
    const id = location.hash.slice(1);
    new URLSearchParams(location.search).forEach((value, name) => {
      const el = this.form.elements.namedItem(name);
      if (el instanceof HTMLInputElement && el.type === "text") el.value = value;
    });
    const kept = id ? await read(id).catch(() => undefined) : undefined;
    if (kept) {
      this.item = kept.item;
      this.rest = kept.values;
      this.fill(kept.values);
      this.tell(kept.item.said);
      await this.showPhotos();
    }
    this.form.addEventListener("input", () => this.soon());
    this.form.addEventListener("change", (e) => void this.take(e));
    this.form.addEventListener("submit", (e) => {
      e.preventDefault();
      void this.finish();
    });
    this.form.classList.add("ready");
    this.showWhen();
  }

  private inputs(): Input[] {
    return Array.from(this.form.elements).filter((el): el is Input =>
      (el instanceof HTMLInputElement && el.type !== "file" && el.type !== "submit") || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement);
  }

  private fill(values: Values): void {
    for (const el of this.inputs()) {
      const value = values[el.name];
      if (el instanceof HTMLInputElement && (el.type === "radio" || el.type === "checkbox")) {
        if (value !== undefined) el.checked = value === el.value;
      } else if (value !== undefined) el.value = value;
    }
  }

  private values(): Values {
    const out: Values = { ...this.rest };
    for (const el of this.inputs()) {
      if (el.name === "") continue;
      if (!(el instanceof HTMLInputElement && (el.type === "radio" || el.type === "checkbox"))) out[el.name] = el.value.trim();
      else if (el.checked) out[el.name] = el.value;
      else if (el.type === "checkbox") delete out[el.name];
    }
    return out;
  }

  private soon(): void {
    this.showWhen();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), 300);
  }

  private save(state: Item["state"] = "draft"): Promise<void> {
    clearTimeout(this.timer);
    this.item = { ...this.item, state, said: "", later: 0 };
    if (location.hash.slice(1) !== this.item.id) history.replaceState(null, "", "#" + this.item.id);
    const { item } = this;
    const values = this.values();
    this.saving = this.saving.then(() => write(item, values)).then(() => this.note(true), () => this.note(false));
    return this.saving;
  }

  /** Says whether the device keeps it. */
  private note(kept: boolean): void {
    this.form.querySelectorAll<HTMLElement>("[data-kept]").forEach((el) => (el.hidden = (el.dataset["kept"] === "yes") !== kept));
  }

  /** Shows what the house said when it was tried. */
  private tell(said: string): void {
    const box = document.querySelector<HTMLElement>("[data-said]");
    if (!box || !said) return;
    box.hidden = false;
    (box.querySelector("p") ?? box).textContent = said;
  }

  /** Parts with data-when="field=a b c*" are asked only then. */
  private showWhen(): void {
    const values = this.values();
    this.form.querySelectorAll<HTMLElement>("[data-when]").forEach((part) => {
      const [field = "", allowed = ""] = (part.dataset["when"] ?? "").split("=");
      const value = values[field] ?? "";
      const on = allowed.split(" ").some((a) => (a.endsWith("*") ? value.startsWith(a.slice(0, -1)) : a === value));
      part.hidden = !on;
    });
    // A question counts only when every part around it is asked.
    this.inputs().forEach((el) => (el.disabled = el.closest("[data-when][hidden]") !== null));
  }

  private async take(e: Event): Promise<void> {
    const input = e.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.files?.length) return;
    const files = Array.from(input.files);
    input.value = "";
    await this.save();
    for (const file of files) await addPhoto(this.item.id, file).catch(() => this.note(false));
    await this.showPhotos();
  }

  private async showPhotos(): Promise<void> {
    const list = this.form.querySelector<HTMLElement>("[data-photos]");
    const model = this.form.querySelector<HTMLTemplateElement>("template[data-photo]");
    if (!list || !model) return;
    list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    const kept = await photos(this.item.id);
    list.replaceChildren(...kept.map((p) => {
      const row = (model.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
      const img = row.querySelector("img");
      if (img && p.type.startsWith("image/")) img.src = URL.createObjectURL(new Blob([p.data], { type: p.type }));
      else img?.remove();
      const name = row.querySelector("span");
      if (name) name.textContent = p.name;
      row.querySelector("button")?.addEventListener("click", () => void dropPhoto(this.item.id, p.n).then(() => this.showPhotos()));
      return row;
    }));
  }

  private async finish(): Promise<void> {
    await this.save("waiting");
    await askToSend();
    location.assign(this.form.dataset["next"] ?? "/outbox");
  }
}
