import { createHash } from "node:crypto";
import path from "node:path";
import { dayAndTime, listDays, removeOldest } from "../../files/day-folders";
import { fileInside } from "../../files/file-inside";

/** Clips are what was asked for, segments what is recorded all the time. */
export type RecordingKind = "clips" | "segments";

const OWN_NAME = /^\d{9}(\.mp4|\.mp4\.part|(\.\d+)?\.unfinished\.ts)$/;
const MAX_NAME = 60;
const FINGERPRINT_DIGITS = 8;

/** Where the recordings of one camera go: `<folder>/<camera>/clips/2026-11-20/101530123.mp4`, by local time. */
export class RecordFolder {
  readonly #folder: string;
  readonly #camera: string;
  /** The last name of each kind: two clips may begin with the same keyframe. */
  readonly #last: Partial<Record<RecordingKind, { start: number; named: number }>> = {};

  /**
   * @param folder absolute path
   * @param camera its name, of which any character may be part
   * @param identity what tells it from others of the same name, such as its whole address
   */
  constructor(folder: string, camera: string, identity = camera) {
    this.#folder = folder;
    this.#camera = folderName(camera, identity);
  }

  /**
   * A file of a name that none has had.
   * @param start epoch milliseconds
   */
  file(kind: RecordingKind, start: number): string {
    const last = this.#last[kind];
    const named = last?.start === start ? last.named + 1 : start;
    this.#last[kind] = { start, named };
    const { day, time } = dayAndTime(new Date(named));
    return path.join(this.#folder, this.#camera, kind, day, `${time}.mp4`);
  }

  /**
   * A file whose place a message chose.
   *
   * @param wish name of the file inside of the folder; with only a folder, the camera and the time make its name
   * @param number counts the files of one wish from 1
   * @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder
   */
  chosen(
    wish: { folder?: string | undefined; filename?: string | undefined },
    start: number,
    number: number,
  ) {
    const { day, time } = dayAndTime(new Date(start));
    const name = wish.filename?.replace(/\.mp4$/i, "") ?? `${this.#camera}-${day}-${time}`;
    const numbered = wish.filename === undefined || number === 1 ? name : `${name}-${number}`;
    return fileInside(wish.folder ?? this.#folder, `${numbered}.mp4`);
  }

  /**
   * Deletes the oldest recordings of a kind, as many as there are too many bytes. Other files are neither counted nor
   * touched, nor are those that a message chose the place of.
   *
   * @param kept files of it that are counted, but not deleted: what is growing, and what was announced last
   */
  async keepNewest(
    kind: RecordingKind,
    maxBytes: number,
    kept: readonly { file: string; bytes: number }[],
  ): Promise<void> {
    const stems = kept.map(({ file }) => path.basename(file, ".mp4"));
    const isOwn = (name: string): boolean =>
      OWN_NAME.test(name) && !stems.some((stem) => name.startsWith(stem));
    const days = await listDays([path.join(this.#folder, this.#camera, kind)], isOwn);
    let excess = [...days, ...kept].reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
    for (const day of days) {
      if (excess <= 0) break;
      excess -= await removeOldest(day, excess, isOwn);
    }
  }
}

/** A name that is one folder on every system, and no other camera's: one that had to be changed bears a fingerprint. */
function folderName(camera: string, identity: string): string {
  const plain = camera
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}@_-]+/gu, "_")
    .slice(0, MAX_NAME);
  if (plain === camera && identity === camera) return plain;
  const fingerprint = createHash("sha256").update(identity).digest("hex").slice(0, FINGERPRINT_DIGITS);
  return `${plain}-${fingerprint}`;
}
