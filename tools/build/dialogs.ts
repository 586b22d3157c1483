import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { distNodes, root } from "./paths";

const nodes = path.join(root, "nodes");

/** The node types: every folder of nodes/ with a runtime. */
export async function nodeTypes(): Promise<string[]> {
  const entries = await readdir(nodes);
  return entries.filter((entry) => existsSync(path.join(nodes, entry, "runtime.ts")));
}

/**
 * Writes a node's .js and .html, as Node-RED's loader wants them. The .js only names the runtime; the .html is the dialog
 * and its editor code, bundled with what it shares but never minified.
 *
 * @returns the sources of the .html, relative to the checkout with `/`
 */
export async function buildDialog(type: string): Promise<string[]> {
  await writeFile(path.join(distNodes, `${type}.js`), `module.exports = require("./${type}/runtime.js");\n`);
  const template = await readTemplate(`nodes/${type}/dialog.html`);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`nodes/${type}/editor.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    tsconfig: path.join(nodes, "tsconfig.editor.json"),
  });
  const script = outputFiles[0]?.text ?? "";
  await writeFile(
    path.join(distNodes, `${type}.html`),
    `${template.html.trim()}\n\n<script type="text/javascript">\n${script}</script>\n`,
  );
  return [...template.sources, ...Object.keys(metafile.inputs)];
}

/** A dialog, with the rows that dialogs share in place of comments such as `<!-- rtsp/stream-source.html -->`. */
async function readTemplate(file: string): Promise<{ html: string; sources: string[] }> {
  let html = await readFile(path.join(root, file), "utf8");
  const sources = [file];
  for (const [comment, shared = ""] of html.matchAll(/^ *<!-- ([\w-]+\/[\w-]+\.html) -->\n/gm)) {
    html = html.replace(comment, await readFile(path.join(nodes, shared), "utf8"));
    sources.push(`nodes/${shared}`);
  }
  return { html, sources };
}
