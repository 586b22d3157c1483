import { rm } from "node:fs/promises";
import { copyIcons, copyLocales } from "./assets";
import { buildDialog, nodeTypes } from "./dialogs";
import { isBuildFresh, stampBuild } from "./fresh";
import { dist, root } from "./paths";
import { bundleCatalogue, compileAll } from "./runtime";

/** Builds `dist/` from scratch, in the layout of Node-RED's loader. */
export async function buildPackage(): Promise<void> {
  const began = new Date();
  await rm(dist, { recursive: true, force: true });
  compileAll();
  const types = await nodeTypes();
  await Promise.all([bundleCatalogue(), ...types.map(buildDialog), copyLocales(), copyIcons()]);
  await stampBuild(root, began);
}

/**
 * Builds `dist/` if a source has changed since the last build.
 *
 * @param log receives a line when a build starts
 */
export async function buildIfStale(log: (line: string) => void): Promise<void> {
  if (await isBuildFresh(root)) return;
  log("building the package");
  await buildPackage();
}
