// What a form gains from script: no double submit, a counter, previews, and a
// draft that survives a closed page. Every form works without any of it.

/** Ignores a second submit of the same form until the page is shown again. */
export function guardSubmits(): void {
  const sent = new Set<HTMLFormElement>();
  document.addEventListener("submit", (e) => {
    const form = e.target as HTMLFormElement;
    if (form.method !== "post" || e.defaultPrevented) return;
    if (sent.has(form)) {
      e.preventDefault();
      return;
    }
    sent.add(form);
    form.classList.add("busy");
    (e as SubmitEvent).submitter?.setAttribute("aria-busy", "true");
  });
  const release = () => {
    sent.forEach((form) => {
      form.classList.remove("busy");
      form.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
    });
    sent.clear();
  };
  window.addEventListener("pageshow", release);
  document.addEventListener("htmx:afterRequest", release);
}

/** Says how many characters are left: "还可以写 # 字". */
export function countCharacters(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>("[data-count]").forEach((note) => {
    const area = document.getElementById(note.dataset.count ?? "") as HTMLTextAreaElement | null;
    if (!area || area.maxLength < 1) return;
    const show = () => {
      const left = area.maxLength - area.value.length;
      note.textContent = (note.dataset.words ?? "#").replace("#", String(left));
      note.classList.toggle("near", left < area.maxLength / 10);
    };
    area.addEventListener("input", show);
    show();
  });
}

/** Lists chosen files with their size, pictures with a small view. */
export function previewFiles(): void {
  document.addEventListener("change", (e) => {
    const input = e.target as HTMLInputElement;
    const list = document.getElementById(input.dataset?.preview ?? "");
    if (!list || !input.files) return;
    list.querySelectorAll("img").forEach((img) => URL.revokeObjectURL(img.src));
    list.replaceChildren(...Array.from(input.files, previewOf));
  });
}

function previewOf(file: File): HTMLElement {
  const item = document.createElement("li");
  if (/^image\/(png|jpe?g|webp|gif)$/.test(file.type)) {
    const img = document.createElement("img");
    img.src = URL.createObjectURL(file);
    img.alt = "";
    item.append(img);
  }
  const name = document.createElement("span");
  name.textContent = file.name;
  const size = document.createElement("small");
  size.textContent = file.size < 1e6 ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
  item.append(name, size);
  return item;
}

const dayMs = 24 * 3600 * 1000;
type Draft = { at: number; values: Record<string, string> };
type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * Keeps what is typed into form[data-draft="name"] on this device for a day.
 * A page that shows [data-draft-clear="name"] (the receipt) forgets it.
 */
export function keepDrafts(): void {
  document.querySelectorAll<HTMLElement>("[data-draft-clear]").forEach((el) => forget(el.dataset.draftClear ?? ""));
  document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach((form) => {
    const key = "draft:" + form.dataset.draft;
    restore(form, key);
    let timer = 0;
    form.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => save(form, key), 400);
    });
  });
}

function inputs(form: HTMLFormElement): Input[] {
  return Array.from(form.elements).filter((el): el is Input =>
    (el instanceof HTMLInputElement && !["hidden", "file", "password", "submit"].includes(el.type) && el.autocomplete !== "one-time-code") ||
    el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement);
}

function tickable(el: Input): el is HTMLInputElement {
  return el instanceof HTMLInputElement && (el.type === "radio" || el.type === "checkbox");
}

function save(form: HTMLFormElement, key: string): void {
  const values: Record<string, string> = {};
  for (const el of inputs(form)) {
    if (!tickable(el)) values[el.name] = el.value;
    else if (el.checked) values[`${el.name}=${el.value}`] = "1";
  }
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values } satisfies Draft));
  } catch { /* a full or forbidden store costs only the draft */ }
}

function restore(form: HTMLFormElement, key: string): void {
  let draft: Draft | null = null;
  try {
    draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
  } catch { /* broken: as if there were none */ }
  if (!draft || Date.now() - draft.at > dayMs) {
    forget(form.dataset.draft ?? "");
    return;
  }
  const fields = inputs(form);
  if (fields.some((el) => (tickable(el) ? el.checked : !(el instanceof HTMLSelectElement) && el.value !== ""))) return;
  for (const el of fields) {
    if (tickable(el)) el.checked = draft.values[`${el.name}=${el.value}`] === "1";
    else el.value = draft.values[el.name] ?? "";
  }
}

function forget(name: string): void {
  try {
    localStorage.removeItem("draft:" + name);
  } catch { /* nothing kept, nothing to forget */ }
}
