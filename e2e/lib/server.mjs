// Starts the built binary on a free port with a folder of its own, and ends it
// by its process id.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const binary = process.env.XINQIAO_BIN ?? join(root, "bin", "xinqiao");

// freePort asks the kernel for a port that nobody uses.
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// startServer gives { url, signIns, log(), stop() } of a small demo city, in a
// file of its own or in the PostgreSQL that XINQIAO_DATABASE names.
// signIns maps a role, such as bureau_clerk, to the first { login, password }
// that the program printed for it.
export async function startServer({ cases = 60, env = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "xinqiao-e2e-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    binary,
    ["serve", "--demo", `--demo-cases=${cases}`, `--data=${data}`, `--listen=${url.slice(7)}`, "--filings-per-minute=0"],
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  let running = true;
  ended.then(() => (running = false));
  const stop = async () => {
    if (running) process.kill(child.pid, "SIGTERM");
    const late = setTimeout(() => running && process.kill(child.pid, "SIGKILL"), 20_000);
    await ended;
    clearTimeout(late);
    await rm(data, { recursive: true, force: true });
  };
  for (const until = Date.now() + 120_000; ; await new Promise((next) => setTimeout(next, 100))) {
    if (!running || Date.now() > until) {
      await stop();
      throw new Error(`the server did not become ready:\n${log}`);
    }
    const ready = await fetch(`${url}/readyz`).catch(() => null);
    if (ready?.ok) break;
  }
  const database = log.match(/msg=ready .*database=(\w+)/)?.[1];
  return { url, data, stop, database, log: () => log, signIns: readSignIns(log) };
}

// readSignIns reads what the program tells whoever starts the demo.
function readSignIns(log) {
  const found = {};
  const password = log.match(/every password is (\S+)/)?.[1];
  for (const [, login, role] of log.matchAll(/^  (\S+) +([a-z]+(?: [a-z]+)?)$/gm)) {
    found[role.replace(" ", "_")] ??= { login, password };
  }
  return found;
}
