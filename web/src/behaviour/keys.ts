// Keyboard work on table[data-keys]: j and k move, Enter opens, x selects,
// / goes to the search field, ? shows the keys.

export function listenToKeys(): void {
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target as Element)) return;
    const act = actions[e.key];
    if (act && act()) e.preventDefault();
  });
  document.addEventListener("click", openRow);
}

function typing(el: Element): boolean {
  return el.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

const actions: Record<string, () => boolean> = {
  j: () => move(1),
  k: () => move(-1),
  x: select,
  Enter: open,
  "/": search,
  "?": help,
};

function rows(): HTMLTableRowElement[] {
  return Array.from(document.querySelectorAll<HTMLTableRowElement>("table[data-keys] tbody tr"));
}

function current(): HTMLTableRowElement | null {
  return document.activeElement?.closest<HTMLTableRowElement>("table[data-keys] tbody tr") ?? null;
}

/** The focus is the row's own link, so that Enter and readers work as ever. */
function move(step: number): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const now = current();
  const at = now ? all.indexOf(now) + step : 0;
  const row = all[Math.max(0, Math.min(all.length - 1, at))];
  if (!row) return false;
  const target = row.querySelector<HTMLElement>("a[href]") ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function select(): boolean {
  const box = current()?.querySelector<HTMLInputElement>("[data-bulk]");
  box?.click();
  return Boolean(box);
}

function open(): boolean {
  const row = document.activeElement;
  if (!(row instanceof HTMLTableRowElement) || !row.dataset.href) return false;
  location.assign(row.dataset.href);
  return true;
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function help(): boolean {
  const box = document.querySelector<HTMLDetailsElement>("[data-keyboard]");
  if (!box) return false;
  box.open = !box.open;
  if (box.open) box.scrollIntoView({ block: "nearest" });
  return true;
}

/** A click anywhere in a row opens it, unless it meant something else. */
function openRow(e: MouseEvent): void {
  const el = e.target as Element;
  const row = el.closest<HTMLTableRowElement>("tr[data-href]");
  if (!row || e.button !== 0 || el.closest("a, button, input, label, summary") || String(getSelection())) return;
  if (e.ctrlKey || e.metaKey) window.open(row.dataset.href, "_blank");
  else location.assign(row.dataset.href ?? "");
}

/** Counts the selected rows and shows the bar of what can be done with them. */
export function countSelection(): void {
  const show = () => {
    const n = document.querySelectorAll("[data-bulk]:checked").length;
    document.querySelectorAll("[data-bulk-count]").forEach((el) => (el.textContent = String(n)));
    document.querySelectorAll("[data-bulk-bar]").forEach((el) => el.classList.toggle("shown", n > 0));
  };
  document.addEventListener("change", (e) => {
    if ((e.target as Element).matches("[data-bulk]")) show();
  });
  window.addEventListener("pageshow", show);
}
