// The counts of docs/journeys.md: measured by a journey, written down with
// E2E_WRITE=1, and held against it ever after.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "./people.mjs";

const file = join(import.meta.dirname, "..", "..", "docs", "journeys.md");
const row = /^\| ([a-z ]+) \| (\d+) \| (\d+) \|(.*)$/gm;

// tally writes the counts into the table, or fails when one has grown.
export async function tally(counts) {
  const text = await readFile(file, "utf8");
  if (process.env.E2E_WRITE) {
    await writeFile(file, text.replace(row, (line, name, _c, _f, rest) =>
      counts[name] ? `| ${name} | ${counts[name].clicks} | ${counts[name].fields} |${rest}` : line));
    return;
  }
  const known = new Map([...text.matchAll(row)].map(([, name, clicks, fields]) => [name, { clicks: +clicks, fields: +fields }]));
  for (const [name, { clicks, fields }] of Object.entries(counts)) {
    const was = known.get(name);
    must(was, `docs/journeys.md has no row for "${name}"`);
    must(was.clicks === clicks && was.fields === fields,
      `"${name}" takes ${clicks} clicks and ${fields} fields; docs/journeys.md says ${was.clicks} and ${was.fields}: shorten it, or write it down with E2E_WRITE=1`);
  }
}
