import { rm } from "node:fs/promises";
import { copyIcons, copyLocales } from "./assets";
import { buildDialog, nodeTypes } from "./dialogs";
import { stampBuild } from "./fresh";
import { dist, root } from "./paths";
import { bundleCatalogue, compileAll } from "./runtime";

/** Makes dist/ anew, the way Node-RED's loader wants it. */
export async function buildPackage(): Promise<void> {
  const began = new Date();
  await rm(dist, { recursive: true, force: true });
  compileAll();
  const types = await nodeTypes();
  await Promise.all([bundleCatalogue(), ...types.map(buildDialog), copyLocales(), copyIcons()]);
  await stampBuild(root, began);
}
