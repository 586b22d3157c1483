import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { dist, root } from "./paths";

const catalogueFolder = "src/hcp/catalogue/";

/** Compiles src/ and nodes/, with a check of their types. */
export function compileAll(): void {
  const tsc = require.resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-b", "--force", "nodes/tsconfig.json"], {
    cwd: root,
    stdio: "inherit",
  });
}

/** The operations are data in many small modules: one file loads in half the time, at every start of Node-RED. */
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

/** Whether a file, relative to the checkout with `/`, is one that Node-RED's process runs. */
export function isRuntime(file: string): boolean {
  return /^(src|nodes)\/.*\.ts$/.test(file) && !/^nodes\/[^/]+\/editor[./]/.test(file);
}

/**
 * Compiles single files, each by itself and without a check of types, in milliseconds. The result is what `compileAll`
 * writes. What no longer exists is removed.
 *
 * @param files as `isRuntime` takes them
 * @throws {Error} with the first syntax error, its file and line
 */
export async function compileFiles(files: readonly string[]): Promise<void> {
  const inCatalogue = files.some((file) => file.startsWith(catalogueFolder));
  const index = `${catalogueFolder}index.ts`;
  // The bundle has taken the index's place.
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
