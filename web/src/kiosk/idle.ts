// Nothing of the last person may meet the next one.

/** Where everything is forgotten. It replaces the page: there is no way back. */
function wipe(): void {
  location.replace("/kiosk/wipe");
}

/** Asks after data-idle seconds without a touch, and wipes data-grace later. */
export function watchIdle(): void {
  const idle = Number(document.body.dataset["idle"]) || 60;
  const grace = Number(document.body.dataset["grace"]) || 15;
  let quiet = 0;
  const touched = () => {
    if (quiet < idle) quiet = 0; // once it asks, only the answer counts
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) document.addEventListener(kind, touched, { passive: true, capture: true });
  document.addEventListener("click", (e) => {
    const el = e.target as Element;
    if (el.closest("[data-wipe]")) wipe();
    if (el.closest("[data-stay]")) quiet = 0;
    stayHere(el, e);
  });
  window.setInterval(() => {
    quiet++;
    const box = document.querySelector<HTMLElement>("[data-still-there]");
    const left = idle + grace - quiet;
    if (left <= 0) return home() ? void (quiet = 0) : wipe();
    if (!box) return;
    const ask = quiet >= idle && !home();
    if (ask && box.hidden) {
      box.hidden = false;
      box.querySelector<HTMLElement>("[data-stay]")?.focus();
    }
    if (!ask) box.hidden = true;
    const count = box.querySelector("[data-count-down]");
    if (count && ask) count.textContent = String(left);
  }, 1000);
  // A page that the browser kept is somebody else's.
  window.addEventListener("pageshow", (e) => {
    if (e.persisted) wipe();
  });
}

/** On the first page there is nothing to forget. */
const home = () => document.querySelector('[data-testid="kiosk"]') !== null;

/** No link opens a window that nobody wipes, or a file that stays. */
function stayHere(el: Element, e: Event): void {
  const link = el.closest<HTMLAnchorElement>("a[href]");
  if (!link) return;
  link.removeAttribute("target");
  if (link.origin !== location.origin || link.pathname.startsWith("/files/") || link.hasAttribute("download")) e.preventDefault();
}
