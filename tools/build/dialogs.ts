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
 * Writes the .js and .html of a node for Node-RED's loader. The .js only loads the runtime. The .html is the dialog and
 * its editor code, bundled with the shared modules and not minified.
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

/** Reads a dialog and replaces comments such as `<!-- rtsp/stream-source.html -->` with these shared rows. */
async function readTemplate(file: string): Promise<{ html: string; sources: string[] }> {
  let html = await readFile(path.join(root, file), "utf8");
  const sources = [file];
  for (const [comment, shared = ""] of html.matchAll(/^ *<!-- ([\w-]+\/[\w-]+\.html) -->\n/gm)) {
    html = html.replace(comment, await readFile(path.join(nodes, shared), "utf8"));
    sources.push(`nodes/${shared}`);
  }
  return { html, sources };
}
