/** Solves the challenge of a form beside the page, while somebody reads it over. */
export function solvePuzzles(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-puzzle]")) {
    const url = field.dataset.worker;
    if (!url || !("Worker" in window)) continue;
    const worker = new Worker(url);
    worker.onmessage = (e: MessageEvent<string>) => {
      field.value = e.data;
      worker.terminate();
    };
    worker.postMessage({ token: field.dataset.puzzle, bits: Number(field.dataset.bits) });
  }
}
