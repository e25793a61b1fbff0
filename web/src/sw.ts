// The service worker: pages come from the network always, and from the cache
// never, but for a few that hold nobody's data ("shells"). Without a network
// they let one write and wait; what waits is sent from here when it is back.
//
// The server writes two lines before this script: the build, which names the
// cache, and the worker of messages. A new build brings a new cache and takes
// over at once; nothing stale can be left, since pages are not kept.
import { begin, recall, remember, write, addPhoto } from "./offline/keep";
import { flush } from "./offline/send";

type Build = { version: string; assets: string[]; shells: string[] };
type Waiting = Event & { waitUntil(p: Promise<unknown>): void };
type Fetching = Waiting & { request: Request & { isHistoryNavigation?: boolean }; preloadResponse?: Promise<Response | undefined>; respondWith(r: Promise<Response>): void };
type Scope = {
  xinqiao: Build;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: ServiceWorkerRegistration & { navigationPreload?: { enable(): Promise<void> }; sync?: { register(tag: string): Promise<void> } };
  addEventListener(type: string, run: (e: never) => void): void;
};

const scope = self as unknown as Scope;
const build = scope.xinqiao;
const cacheName = "xinqiao-" + build.version;
const languages = ["zh", "en"];
const shellKey = (path: string, lang: string) => `${path}?shell=${lang}`;

scope.addEventListener("install", (e: Waiting) => e.waitUntil(install()));
scope.addEventListener("activate", (e: Waiting) => e.waitUntil(activate()));
scope.addEventListener("fetch", (e: Fetching) => route(e));
scope.addEventListener("sync", (e: Waiting & { tag: string }) => {
  if (e.tag === "outbox") e.waitUntil(flush());
});
scope.addEventListener("message", (e: Waiting & { data?: { tell?: string; lang?: string } }) => {
  if (e.data?.tell === "page") e.waitUntil(remember("lang", e.data.lang === "en" ? "en" : "zh"));
  if (e.data?.tell === "send") e.waitUntil(flush());
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(build.assets);
  for (const lang of languages) {
    await Promise.all(build.shells.map(async (path) => {
      // Asked for as nobody, so that nothing of a person can be in it.
      const page = await fetch(path, { credentials: "omit", cache: "no-store", headers: { "Accept-Language": lang } });
      if (!page.ok) throw new Error(path);
      await cache.put(shellKey(path, lang), page);
    }));
  }
  await scope.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("xinqiao-") && name !== cacheName) await caches.delete(name);
  }
  await scope.registration.navigationPreload?.enable();
  await scope.clients.claim();
}

function route(e: Fetching): void {
  const { request } = e;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "GET") e.respondWith(open(e, url));
    else if (guided(e, url)) e.respondWith(post(request, url));
  } else if (request.method === "GET" && build.assets.includes(url.pathname)) {
    e.respondWith(caches.match(url.pathname, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
}

async function open(e: Fetching, url: URL): Promise<Response> {
  try {
    return (await e.preloadResponse) ?? (await fetch(e.request));
  } catch {
    return shell(url.pathname);
  }
}

/** The page that stands for another one without a network. */
async function shell(path: string): Promise<Response> {
  const known = build.shells.includes(path) ? path : path === "/file" ? "/outbox/new" : path === "/agent" ? "/agent/outbox" : "/offline";
  const lang = (await recall("lang").catch(() => undefined)) ?? (navigator.language.startsWith("en") ? "en" : "zh");
  const kept = await caches.match(shellKey(known, lang), { ignoreVary: true });
  return kept ?? Response.error();
}

/**
 * The steps of the guided filing that are worth saving: the last one always,
 * since its answer may be lost; the others when it is certain that there is no
 * network, so that the browser's own Back keeps working when there is.
 */
function guided(e: Fetching, url: URL): boolean {
  return e.request.method === "POST" && url.pathname.startsWith("/file/") && !e.request.isHistoryNavigation &&
    (url.pathname === "/file/send" || !navigator.onLine);
}

async function post(request: Request, url: URL): Promise<Response> {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    const id = await keep(copy, url.pathname === "/file/send");
    return Response.redirect(url.pathname === "/file/send" ? "/outbox" : "/outbox/new#" + id, 303);
  }
}

/** Keeps what a step of the guided filing carried, under the form's own key. */
async function keep(request: Request, whole: boolean): Promise<string> {
  const form = await request.formData();
  const values: Record<string, string> = {};
  const files: File[] = [];
  form.forEach((value, name) => {
    if (typeof value !== "string") {
      if (value.size > 0) files.push(value);
    } else if (name !== "_key" && name !== "at" && values[name] === undefined) values[name] = value;
  });
  const item = begin("filing", String(form.get("_key") ?? "") || undefined);
  await write({ ...item, state: whole ? "waiting" : "draft" }, values);
  for (const file of files) await addPhoto(item.id, file);
  if (whole) await scope.registration.sync?.register("outbox").catch(() => { /* the next page sends it */ });
  return item.id;
}
