// What the forms of the desk gain from script.

/** Ctrl+Enter sends a form[data-submit-key], wherever the cursor is in it. */
export function submitByKey(): void {
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    const form = (e.target as Element).closest<HTMLFormElement>("form[data-submit-key], #act form");
    if (!form) return;
    e.preventDefault();
    form.requestSubmit();
  });
}

const long = 15;

/** Puts a search field above every long list, which keeps what matches. */
export function filterSelects(root: ParentNode = document): void {
  root.querySelectorAll<HTMLSelectElement>(".field > select").forEach((select) => {
    if (select.options.length < long || select.dataset.filtered) return;
    select.dataset.filtered = "1";
    const input = document.createElement("input");
    input.type = "search";
    input.className = "pick-filter";
    input.placeholder = document.documentElement.lang === "en" ? "type to find" : "输入几个字查找";
    input.autocomplete = "off";
    input.setAttribute("aria-controls", select.id);
    input.setAttribute("aria-label", select.labels?.[0]?.innerText ?? "");
    const all = Array.from(select.options, (option) => ({ option, parent: option.parentElement ?? select }));
    input.addEventListener("input", () => narrow(select, all, input.value.trim().toLowerCase()));
    input.addEventListener("keydown", (e) => {
      if (e.key !== "ArrowDown" && e.key !== "Enter") return;
      e.preventDefault();
      select.focus();
    });
    select.before(input);
  });
}

type Place = { option: HTMLOptionElement; parent: Element };

function narrow(select: HTMLSelectElement, all: Place[], words: string): void {
  const chosen = select.value;
  const groups = new Set(all.map((p) => p.parent));
  all.forEach((p) => p.option.remove());
  let first = "";
  for (const place of all) {
    const option = place.option;
    const parent = place.parent;
    const text = (option.label + " " + (parent instanceof HTMLOptGroupElement ? parent.label : "")).toLowerCase();
    if (option.value !== "" && !text.includes(words)) continue;
    parent.append(option);
    if (option.value !== "" && first === "") first = option.value;
  }
  groups.forEach((g) => {
    if (g instanceof HTMLOptGroupElement) g.hidden = g.children.length === 0;
  });
  const kept = Array.from(select.options).some((o) => o.value === chosen && chosen !== "");
  select.value = kept ? chosen : words === "" ? "" : first;
}

/** Brings a form that was put in place into view, the cursor in its first field. */
export function focusArrived(): void {
  document.addEventListener("htmx:afterSwap", (e) => {
    const area = e.target as HTMLElement;
    if (area.id !== "act") return;
    filterSelects(area);
    area.querySelector<HTMLElement>(".field input, .field textarea, .field select")?.focus({ preventScroll: true });
  });
}

/** Menus of the head close on Escape and on a click beside them. */
export function closeMenus(): void {
  const close = (except: Node | null) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>(".site-nav details[open]")) {
      if (except && menu.contains(except)) continue;
      menu.open = false;
    }
  };
  document.addEventListener("click", (e) => close(e.target as Node));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const open = document.querySelector<HTMLElement>(".site-nav details[open] summary");
    close(null);
    open?.focus();
  });
}
