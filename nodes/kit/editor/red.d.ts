import type { RED as EditorRED } from "@node-red/editor-client";

declare global {
  /** The editor's API: a global of the page that the bundled editor code runs in. */
  const RED: EditorRED;
}
