import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "mocha";

/** A folder for the model files of a test suite, which is removed after the suite. */
export function modelFolder(): { path: string; write: (name: string, bytes: Buffer) => string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "models-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    path: folder,
    write: (name, bytes) => {
      const file = path.join(folder, name);
      writeFileSync(file, bytes);
      return file;
    },
  };
}
