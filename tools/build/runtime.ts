import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { dist, root } from "./paths";

const catalogueFolder = "src/hcp/catalogue/";

/** Compiles src/ and nodes/ and checks their types. */
export function compileAll(): void {
  const tsc = require.resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-b", "--force", "nodes/tsconfig.json"], {
    cwd: root,
    stdio: "inherit",
  });
}

/** Bundles the operations: one file loads in half the time of many small modules, at every start of Node-RED. */
export async function bundleCatalogue(): Promise<void> {
  const catalogue = path.join(dist, catalogueFolder, "index.js");
  await build({
    entryPoints: [catalogue],
    outfile: catalogue,
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    charset: "utf8",
  });
}

/** Returns whether Node-RED's process runs a file. The path is relative to the checkout, with `/`. */
export function isRuntime(file: string): boolean {
  return /^(src|nodes)\/.*\.ts$/.test(file) && !/^nodes\/[^/]+\/editor[./]/.test(file);
}

/**
 * Compiles single files in milliseconds, without checking types. The output is the same as that of `compileAll`. For a
 * file that no longer exists, removes the output.
 *
 * @param files for which `isRuntime` is true
 * @throws {Error} at the first syntax error; the message has its file and line
 */
export async function compileFiles(files: readonly string[]): Promise<void> {
  const inCatalogue = files.some((file) => file.startsWith(catalogueFolder));
  const index = `${catalogueFolder}index.ts`;
  // The bundle replaces the compiled index.
  for (const file of inCatalogue ? new Set([...files, index]) : files) await compileFile(file);
  if (inCatalogue) await bundleCatalogue();
}

async function compileFile(file: string): Promise<void> {
  const target = path.join(dist, file.replace(/\.ts$/, ".js"));
  const source = path.join(root, file);
  if (!existsSync(source)) {
    await rm(target, { force: true });
    return;
  }
  const { outputText, diagnostics = [] } = ts.transpileModule(await readFile(source, "utf8"), {
    fileName: source,
    compilerOptions: compilerOptions(),
    reportDiagnostics: true,
  });
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(ts.formatDiagnostic(first, formatHost).trim());
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, outputText);
}

const formatHost: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => root,
  getCanonicalFileName: (name) => name,
  getNewLine: () => "\n",
};

function compilerOptions(): ts.CompilerOptions {
  const config = path.join(root, "tsconfig.base.json");
  const { config: json } = ts.readConfigFile(config, (file) => ts.sys.readFile(file)) as { config: object };
  return ts.parseJsonConfigFileContent({ ...json, files: [] }, ts.sys, root).options;
}
