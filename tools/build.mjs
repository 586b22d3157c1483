// Builds dist/ the way Node-RED's loader wants it: each node's .js and .html with `icons/` and `locales/` beside them.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");
const out = path.join(root, "dist", "nodes");
const require = createRequire(import.meta.url);

await rm(path.join(root, "dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [require.resolve("typescript/bin/tsc"), "-b", "--force", "nodes/tsconfig.json"],
  {
    cwd: root,
    stdio: "inherit",
  },
);
await Promise.all([
  bundleCatalogue(),
  buildNodes(),
  copyLocales(),
  cp(path.join(root, "icons"), path.join(out, "icons"), { recursive: true }),
]);

/** The operations are data in many small modules: one file loads in half the time, at every start of Node-RED. */
async function bundleCatalogue() {
  const catalogue = path.join(root, "dist", "src", "hcp", "catalogue", "index.js");
  await build({
    entryPoints: [catalogue],
    outfile: catalogue,
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    charset: "utf8",
  });
}

/**
 * One .js and one .html per node beside `icons/` and `locales/`, as Node-RED's loader wants them. The .js only names
 * the runtime; the .html is the dialog and its editor code, bundled with what it shares but never minified.
 */
async function buildNodes() {
  const nodes = path.join(root, "nodes");
  const folders = (await readdir(nodes, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const type of folders.map(({ name }) => name)) {
    if (!existsSync(path.join(nodes, type, "runtime.ts"))) continue;
    await writeFile(path.join(out, `${type}.js`), `module.exports = require("./${type}/runtime.js");\n`);
    const template = await readTemplate(path.join(nodes, type, "dialog.html"));
    const { outputFiles } = await build({
      entryPoints: [path.join(nodes, type, "editor.ts")],
      bundle: true,
      write: false,
      format: "iife",
      target: "es2020",
      charset: "utf8",
      tsconfig: path.join(nodes, "tsconfig.editor.json"),
    });
    await writeFile(
      path.join(out, `${type}.html`),
      `${template.trim()}\n\n<script type="text/javascript">\n${outputFiles[0].text}</script>\n`,
    );
  }
}

/** A dialog, with the rows that dialogs share in place of comments such as `<!-- rtsp/stream-source.html -->`. */
async function readTemplate(file) {
  let template = await readFile(file, "utf8");
  for (const [comment, shared] of template.matchAll(/^ *<!-- ([\w-]+\/[\w-]+\.html) -->\n/gm)) {
    template = template.replace(comment, await readFile(path.join(root, "nodes", shared), "utf8"));
  }
  return template;
}

/** What all nodes say alike (statuses, common labels) is written once, in shared.json, and merged into each catalogue. */
async function copyLocales() {
  const locales = path.join(root, "locales");
  for (const language of await readdir(locales)) {
    const target = path.join(out, "locales", language);
    await mkdir(target, { recursive: true });
    const shared = JSON.parse(await readFile(path.join(locales, language, "shared.json"), "utf8"));
    for (const file of await readdir(path.join(locales, language))) {
      const source = path.join(locales, language, file);
      if (file === "shared.json") continue;
      if (file.endsWith(".json")) {
        const own = JSON.parse(await readFile(source, "utf8"));
        await writeFile(path.join(target, file), JSON.stringify(merge(shared, own), null, 2));
      } else {
        await cp(source, path.join(target, file));
      }
    }
  }
}

function merge(base, over) {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const nested = typeof value === "object" && typeof base[key] === "object";
    merged[key] = nested ? merge(base[key], value) : value;
  }
  return merged;
}
