import type { RED as EditorRED } from "@node-red/editor-client";

declare global {
  /** The editor's API, a global of the page in which the bundled editor code runs. */
  const RED: EditorRED;
}
