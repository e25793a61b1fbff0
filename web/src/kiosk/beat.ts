// Tells the house every half minute that the machine is alive.
import { devices } from "./devices";

const every = 30_000;

/** Begins to tell. */
export function beat(): void {
  const tell = () => void fetch("/kiosk/beat", { method: "POST", body: new URLSearchParams({ devices: devices() }), credentials: "same-origin" }).catch(() => { /* the registry shows that it is silent */ });
  window.setTimeout(tell, 1500);
  window.setInterval(tell, every);
}
