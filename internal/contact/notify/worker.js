// Shows messages of the platform while none of its pages is open, and leads to
// the page that a message speaks of.
self.addEventListener("push", (e) => {
  let m = {};
  try { m = e.data.json(); } catch { m = { text: e.data ? e.data.text() : "" }; }
  e.waitUntil(self.registration.showNotification(m.title || "信桥", { body: m.text || m.body || "", lang: m.lang, tag: m.key || m.tag, data: { url: m.url || "/" } }));
});
self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil(self.clients.openWindow(e.notification.data.url));
});
