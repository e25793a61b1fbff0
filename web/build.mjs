// Bundles scripts, styles and the icon sprite into internal/ui/assets/dist with
// hashed names, a manifest ("desk.js" → "desk-4F2A.js") and gzip neighbours.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../internal/ui/assets/dist/", import.meta.url).pathname;
// outbox.js and kiosk.js come to public.js on a page; together they stay below
// 100 KB. sw.js is the service worker: the server writes its build before it.
const limits = { "public.js": 75 * 1024, "desk.js": 120 * 1024, "outbox.js": 25 * 1024, "kiosk.js": 25 * 1024 };

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") await rm(join(dist, name));
}

const { metafile } = await build({
  entryPoints: ["src/public.ts", "src/desk.ts", "src/chart.ts", "src/outbox.ts", "src/kiosk.ts", "src/sw.ts", "src/puzzle.ts", "style/style.css"],
  entryNames: "[name]-[hash]",
  outdir: dist,
  bundle: true,
  minify: true,
  metafile: true,
  target: ["chrome80", "safari13", "firefox78"],
  supported: { destructuring: true }, // Safari 13 has it, but for corners that nobody here turns
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
});

const manifest = {};
for (const [out, info] of Object.entries(metafile.outputs)) {
  if (!info.entryPoint) continue;
  manifest[basename(info.entryPoint).replace(/\.ts$/, ".js")] = basename(out);
}
manifest["icons.svg"] = await sprite();
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));

for (const [name, file] of Object.entries(manifest)) {
  const body = await readFile(join(dist, file));
  await writeFile(join(dist, file + ".gz"), gzipSync(body, { level: 9 }));
  if (body.length > (limits[name] ?? Infinity)) throw new Error(`${name} is ${body.length} bytes, over its limit`);
  console.log(`${name.padEnd(10)} ${file.padEnd(24)} ${(body.length / 1024).toFixed(1)} KB`);
}

/** One <symbol> per name in icons.txt, drawn in the colour of the text. */
async function sprite() {
  const names = (await readFile("icons.txt", "utf8")).split(/\s+/).filter(Boolean).sort();
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  }));
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
  const file = `icons-${createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase()}.svg`;
  await writeFile(join(dist, file), text);
  return file;
}
