// Small conveniences that every page shares.

/** Shows what only script can do, such as the print button. */
export function markScript(): void {
  document.documentElement.classList.add("js");
}

/** [data-print] prints; [data-copy="text"] copies and says so. */
export function printAndCopy(): void {
  document.addEventListener("click", (e) => {
    const el = (e.target as Element).closest<HTMLElement>("[data-print], [data-copy]");
    if (!el) return;
    if ("print" in el.dataset) {
      window.print();
      return;
    }
    void navigator.clipboard?.writeText(el.dataset.copy ?? "").then(() => {
      const word = el.querySelector("span") ?? el;
      const before = word.textContent;
      word.textContent = el.dataset.done ?? before;
      window.setTimeout(() => (word.textContent = before), 2000);
    });
  });
}

/** Leads the reader to the summary of what is wrong. */
export function focusErrors(): void {
  document.getElementById("errors")?.focus();
}
