// Sends what waits. An item goes with its own key every time, so that however
// often an answer is lost on the way, the house registers it once.
import { type Item, type Values, dropPhotos, newId, items, mark, photoSent, photos, read, write } from "./keep";

type Progress = (id: string, share: number) => void;
type Problem = { type?: string; title?: string; detail?: string; advice?: string; errors?: { field: string; detail: string }[] };

const where = { filing: "/api/v1/filings", agent: "/api/v1/agent/services", note: "/api/v1/agent/notes" };

let running: Promise<void> | undefined;

/** Sends everything that waits, one after the other; one run at a time. */
export function flush(progress: Progress = () => {}, now = Date.now()): Promise<void> {
  running ??= alone(() => sendAll(progress, now)).finally(() => (running = undefined));
  return running;
}

/** Holds off other tabs and the worker where the browser can. */
function alone(run: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return run();
  return navigator.locks.request("outbox", { ifAvailable: true }, (lock) => (lock ? run() : undefined)) as Promise<void>;
}

async function sendAll(progress: Progress, now: number): Promise<void> {
  for (const item of await items()) {
    if (item.state === "waiting" && item.later <= now) await sendOne(item, progress);
  }
}

async function sendOne(item: Item, progress: Progress): Promise<void> {
  const kept = await read(item.id);
  if (!kept) return;
  await mark(item.id, { tries: item.tries + 1 });
  try {
    const files = await sendPhotos(item, progress);
    if (files.refused) return await answer(item, kept.values, files.refused);
    const has = files.any || kept.values["uploads"] === "1";
    await answer(item, kept.values, await post(where[item.kind], json(body(item, kept.values, has)), {
      "Content-Type": "application/json", "Idempotency-Key": item.id,
    }));
  } catch {
    // No network, or it broke: it stays and is tried again, with the same key.
    await mark(item.id, { later: 0 });
  }
}

async function sendPhotos(item: Item, progress: Progress): Promise<{ any: boolean; refused?: Answer }> {
  const list = await photos(item.id);
  const total = list.reduce((sum, p) => sum + p.size, 0) || 1;
  let done = 0;
  for (const p of list) {
    if (!p.sent) {
      const got = await post("/api/v1/uploads", p.data, {
        "Content-Type": "application/octet-stream", "X-Draft": item.id, "X-Name": encodeURIComponent(p.name),
      }, (sent) => progress(item.id, (done + sent) / total));
      if (got.status >= 300) return { any: true, refused: got };
      await photoSent(item.id, p.n);
    }
    done += p.size;
    progress(item.id, done / total);
  }
  return { any: list.length > 0 };
}

type Answer = { status: number; body: string; wait: number };

/** Posts; where there is XMLHttpRequest, it tells how much has gone. */
function post(path: string, data: string | ArrayBuffer, headers: Record<string, string>, gone?: (bytes: number) => void): Promise<Answer> {
  if (!gone || typeof XMLHttpRequest === "undefined") {
    return fetch(path, { method: "POST", body: data, headers, credentials: "same-origin" }).then(async (r) => ({
      status: r.status, body: await r.text(), wait: Number(r.headers.get("Retry-After")) || 0,
    }));
  }
  return new Promise((done, failed) => {
    const x = new XMLHttpRequest();
    x.open("POST", path);
    for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value);
    x.upload.onprogress = (e) => gone(e.loaded);
    x.onload = () => done({ status: x.status, body: x.responseText, wait: Number(x.getResponseHeader("Retry-After")) || 0 });
    x.onerror = x.onabort = x.ontimeout = () => failed(new Error("network"));
    x.send(data);
  });
}

/** What becomes of an item by the answer. */
async function answer(item: Item, values: Values, got: Answer): Promise<void> {
  const told = parse(got.body);
  if (got.status < 300) {
    // Nothing but the receipt stays, until its owner has noted it.
    const { no = "", code = "", due = "", id = "" } = told as Record<string, string>;
    await write({ ...item, state: "sent", said: "" }, { no, code, due, id, title: (values["words"] ?? values["text"] ?? "").slice(0, 40), mode: values["mode"] ?? "" });
    await dropPhotos(item.id);
    return;
  }
  const p = told as Problem;
  const said = [p.detail, ...(p.errors ?? []).map((e) => e.detail), p.advice].filter(Boolean).join(" ") || p.title || String(got.status);
  if (got.status === 429 || got.status >= 500) {
    await mark(item.id, { said, later: Date.now() + (got.wait || 30) * 1000 });
  } else if (got.status === 401 || (got.status === 403 && item.kind !== "filing")) {
    await mark(item.id, { state: "signin", said });
  } else if (p.type?.endsWith("key_reused")) {
    await mark(item.id, { state: "conflict", said });
  } else {
    await mark(item.id, { state: "refused", said });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// Ids have more digits than script's numbers. They travel through JSON.stringify
// as marked texts, and the marks go afterwards.
const mark64 = newId();
const json = (value: unknown) => JSON.stringify(value).replace(new RegExp(`"${mark64}(\\d+)"`, "g"), "$1");

/** What the API takes of a form. */
function body(item: Item, v: Values, files: boolean): unknown {
  if (item.kind === "note") return { no: v["no"], kind: v["kind"], text: v["text"], at: new Date(item.at).toISOString() };
  const filing = filingOf(item, v, files);
  if (item.kind === "filing") return filing;
  const none = v["mode"] !== "agency";
  return {
    mode: v["mode"], service: v["service"], done: v["done"] || undefined, at: new Date(item.at).toISOString(),
    told: v["told"] === "1", mandate: v["mandate"] || undefined, read_back: v["read_back"] === "1",
    filing: none ? undefined : filing,
  };
}

function filingOf(item: Item, v: Values, files: boolean): unknown {
  const text = (name: string) => v[name] || undefined;
  const whole = (name: string) => (/^[1-9]\d*$/.test(v[name] ?? "") ? mark64 + v[name] : undefined);
  const anonymous = v["anonymous"] === "1" && ["suggestion", "accusation", "retaliation"].includes(v["purpose"] ?? "");
  return {
    purpose: text("purpose"), words: v["words"] ?? "", wish: text("wish"), area_id: whole("area"), place: text("place"),
    occurred_on: text("occurred_on"), accused_id: whole("accused"), persons: whole("persons"), anonymous: anonymous || undefined,
    secret: v["secret"] === "1" || undefined, draft: files ? item.id : undefined,
    person: anonymous ? undefined : {
      name: v["name"] ?? "", org_name: text("org_name"), phone: text("phone"), id_no: text("id_no"), address: text("address"),
      sex: text("sex"), household: text("household"),
    },
  };
}
