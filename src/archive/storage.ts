import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";

/** The write operations of the archive. Tests replace it, for example by a full disk. */
export interface Storage {
  /** Writes a whole file or none: other programs never read half a file. */
  write: (file: string, data: Buffer) => Promise<void>;
  /** Adds to a file, completely or not at all. */
  append: (file: string, data: Buffer) => Promise<void>;
}

/** Half-written files are hidden and have this extension. */
const PART = ".part";

/** When a write resolves, the data is flushed to the disk. */
export const diskStorage: Storage = {
  async write(file, data) {
    const part = path.join(path.dirname(file), `.${path.basename(file)}${PART}`);
    try {
      await writeThrough(part, data);
      await rename(part, file);
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown;
    }
  },

  async append(file, data) {
    const handle = await open(file, "a");
    const { size } = await handle.stat();
    try {
      await handle.writeFile(data);
      await handle.datasync();
    } catch (thrown) {
      // Half a line would make the next one unreadable.
      await handle.truncate(size);
      throw thrown;
    } finally {
      await handle.close();
    }
  },
};

async function writeThrough(file: string, data: Buffer): Promise<void> {
  const handle = await openInFolder(file);
  try {
    await handle.writeFile(data);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Opens a file. Creates a missing folder, which retention or a user may delete at any moment. */
async function openInFolder(file: string, attempts = 3): Promise<FileHandle> {
  try {
    return await open(file, "w");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT" || attempts === 1) throw thrown;
    await mkdir(path.dirname(file), { recursive: true });
    return openInFolder(file, attempts - 1);
  }
}
