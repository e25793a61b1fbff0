// What waits on this device: drafts and photos in IndexedDB, every text and
// every byte of them sealed with a key that script can use but nobody can read
// out (WebCrypto, not extractable). When the last one is gone, so is the key.

/** How far an item has come. */
export type State = "draft" | "waiting" | "refused" | "conflict" | "signin" | "sent";

/** What is sent: a filing of one's own, a service of an agent, a note of one. */
export type Kind = "filing" | "agent" | "note";

/** The answers of a form, by field. */
export type Values = Record<string, string>;

/** One thing that waits. Nothing in here is anybody's secret. */
export type Item = {
  id: string; // the idempotency key: sent twice, registered once
  kind: Kind;
  state: State;
  at: number; // when it was begun
  tries: number;
  later: number; // not to be tried before
  said: string; // what the house answered last, in words
};

/** A photo as it is kept. */
export type Photo = { item: string; n: number; size: number; sent: boolean; name: string; type: string; data: ArrayBuffer };

type Sealed = { iv: Uint8Array; box: ArrayBuffer };
type Row = Item & { values: Sealed };
type PhotoRow = { item: string; n: number; size: number; sent: boolean; label: Sealed; data: Sealed };

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const ask = indexedDB.open("xinqiao", 1);
    ask.onupgradeneeded = () => {
      ask.result.createObjectStore("keys");
      ask.result.createObjectStore("items", { keyPath: "id" });
      ask.result.createObjectStore("photos", { keyPath: ["item", "n"] });
      ask.result.createObjectStore("meta");
    };
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error);
  });
  return opened;
}

function of<T>(ask: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error);
  });
}

async function store(name: string, mode: IDBTransactionMode = "readonly"): Promise<IDBObjectStore> {
  return (await open()).transaction(name, mode).objectStore(name);
}

async function key(): Promise<CryptoKey> {
  const kept = (await of((await store("keys")).get("k"))) as CryptoKey | undefined;
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two tabs may come here at once: the first key stays.
  try {
    await of((await store("keys", "readwrite")).add(made, "k"));
    return made;
  } catch {
    return key();
  }
}

async function seal(data: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), data) };
}

async function unseal(s: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv as BufferSource }, await key(), s.box);
}

const sealText = (value: unknown) => seal(new TextEncoder().encode(JSON.stringify(value)));
const unsealText = async (s: Sealed) => JSON.parse(new TextDecoder().decode(await unseal(s))) as unknown;

/** A new idempotency key: 26 letters and digits. */
export function newId(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (b) => letters[b % 32]).join("");
}

/** Everything that is kept, the newest first, without its words. */
export async function items(): Promise<Item[]> {
  const rows = (await of((await store("items")).getAll())) as Row[];
  return rows.map(({ values: _, ...item }) => item).sort((a, b) => b.at - a.at);
}

/** One item with its words; undefined when it is gone. */
export async function read(id: string): Promise<{ item: Item; values: Values } | undefined> {
  const row = (await of((await store("items")).get(id))) as Row | undefined;
  if (!row) return undefined;
  const { values, ...item } = row;
  return { item, values: (await unsealText(values)) as Values };
}

/** Keeps an item with its words. */
export async function write(item: Item, values: Values): Promise<void> {
  const row: Row = { ...item, values: await sealText(values) };
  await of((await store("items", "readwrite")).put(row));
  changed();
}

/** Changes what is known of an item, if it is still there. */
export async function mark(id: string, what: Partial<Item>): Promise<void> {
  const rows = await store("items", "readwrite");
  const row = (await of(rows.get(id))) as Row | undefined;
  if (row) await of(rows.put({ ...row, ...what }));
  changed();
}

/** Makes a new item of a kind, not yet kept. */
export function begin(kind: Kind, id = newId()): Item {
  return { id, kind, state: "draft", at: Date.now(), tries: 0, later: 0, said: "" };
}

/** Forgets an item and its photos, and the key with the last of them. */
export async function drop(id: string): Promise<void> {
  await dropPhotos(id);
  await of((await store("items", "readwrite")).delete(id));
  if ((await of((await store("items")).count())) === 0) await of((await store("keys", "readwrite")).delete("k"));
  changed();
}

const range = (item: string) => IDBKeyRange.bound([item, 0], [item, 1e9]);

/** Keeps a photo of an item. */
export async function addPhoto(item: string, file: File): Promise<void> {
  const label = await sealText({ name: file.name, type: file.type });
  const data = await seal(await file.arrayBuffer());
  const row: PhotoRow = { item, n: Date.now() % 1e9, size: file.size, sent: false, label, data };
  while ((await of((await store("photos")).get([item, row.n]))) !== undefined) row.n++;
  await of((await store("photos", "readwrite")).put(row));
  changed();
}

/** The photos of an item, opened. */
export async function photos(item: string): Promise<Photo[]> {
  const rows = (await of((await store("photos")).getAll(range(item)))) as PhotoRow[];
  return Promise.all(rows.map(async ({ label, data, ...row }) => ({
    ...row, ...((await unsealText(label)) as { name: string; type: string }), data: await unseal(data),
  })));
}

/** How many photos an item has, how many of them arrived, and their sizes. */
export async function photoCount(item: string): Promise<{ all: number; sent: number }> {
  const rows = (await of((await store("photos")).getAll(range(item)))) as PhotoRow[];
  return { all: rows.length, sent: rows.filter((r) => r.sent).length };
}

/** Notes that a photo arrived. */
export async function photoSent(item: string, n: number): Promise<void> {
  const rows = await store("photos", "readwrite");
  const row = (await of(rows.get([item, n]))) as PhotoRow | undefined;
  if (row) await of(rows.put({ ...row, sent: true }));
  changed();
}

/** Forgets one photo. */
export async function dropPhoto(item: string, n: number): Promise<void> {
  await of((await store("photos", "readwrite")).delete([item, n]));
  changed();
}

/** Forgets all photos of an item. */
export async function dropPhotos(item: string): Promise<void> {
  await of((await store("photos", "readwrite")).delete(range(item)));
}

/** Remembers something small and impersonal, such as the language. */
export async function remember(name: string, value: string): Promise<void> {
  await of((await store("meta", "readwrite")).put(value, name));
}

/** Gives what was remembered. */
export async function recall(name: string): Promise<string | undefined> {
  return (await of((await store("meta")).get(name))) as string | undefined;
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("outbox") : undefined;
const listeners: (() => void)[] = [];

function changed(): void {
  channel?.postMessage("changed");
  listeners.forEach((tell) => tell());
}

/** Tells when anything was changed, here or in another tab or worker. */
export function onChange(tell: () => void): void {
  listeners.push(tell);
  channel?.addEventListener("message", tell);
}
