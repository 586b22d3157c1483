import { createHash } from "node:crypto";
import path from "node:path";
import { dayAndTime, listDays, removeOldest } from "../../files/day-folders";
import { fileInside } from "../../files/target-file";
import { RecordingFile } from "./recording-file";

/** Clips are what was asked for, segments what is recorded all the time. */
export type RecordingKind = "clips" | "segments";

const OWN_NAME = /^(\d{9})(\.mp4|(\.\d+)?\.unfinished\.(ts|mp4))$/;
/** Two recordings that begin with one picture, but for the trembling of the clock. */
const NEAR_MS = 60_000;
const MAX_NAME = 60;
const FINGERPRINT_DIGITS = 8;

/** Where a message wants a clip. */
export interface ChosenPlace {
  folder?: string | undefined;
  /** Inside of the folder. */
  filename?: string | undefined;
}

/** Where the recordings of one camera go: `<folder>/<camera>/clips/2026-11-20/101530123.mp4`, by local time. */
export class RecordFolder {
  readonly #folder: string;
  readonly #camera: string;
  /** The times that names were made of last. */
  readonly #last: Partial<Record<RecordingKind, number>> = {};

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
    const { day, time } = this.#nameOf(kind, start);
    return path.join(this.#folder, this.#camera, kind, day, `${time}.mp4`);
  }

  /**
   * A file whose place a message chose; with only a folder, the camera and the time make its name.
   *
   * @param number counts the files of one wish from 1
   * @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder
   */
  chosen(wish: ChosenPlace, start: number, number: number): string {
    const folder = wish.folder ?? this.#folder;
    if (wish.filename === undefined) {
      const { day, time } = this.#nameOf("clips", start);
      return fileInside(folder, `${this.#camera}-${day}-${time}.mp4`);
    }
    const name = wish.filename.replace(/\.mp4$/i, "");
    return fileInside(folder, `${number === 1 ? name : `${name}-${number}`}.mp4`);
  }

  /** @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder */
  check({ folder, filename }: ChosenPlace): void {
    if (filename !== undefined) fileInside(folder ?? this.#folder, filename);
  }

  /** Two clips may begin with the same keyframe: the later one's name is a millisecond later. */
  #nameOf(kind: RecordingKind, start: number): { day: string; time: string } {
    const last = this.#last[kind] ?? -Infinity;
    const isTaken = start <= last && last - start < NEAR_MS;
    const named = isTaken ? last + 1 : start;
    this.#last[kind] = named;
    return dayAndTime(new Date(named));
  }

  /**
   * Deletes the oldest recordings of a kind, as many as there are too many bytes. Other files are neither counted nor
   * touched, nor are those that a message chose the place of, or that are on their way.
   *
   * @param kept files that are counted, but not deleted: what was announced last, and what is growing
   */
  async keepNewest(
    kind: RecordingKind,
    maxBytes: number,
    kept: readonly { file: string; bytes: number }[],
  ): Promise<void> {
    const folder = path.join(this.#folder, this.#camera, kind);
    const own = kept.filter(({ file }) => file.startsWith(folder + path.sep));
    const isOwn = (name: string, file: string): boolean => {
      const time = OWN_NAME.exec(name)?.[1];
      if (time === undefined || RecordingFile.isUnfinished(file)) return false;
      return !own.some((each) => each.file === path.join(path.dirname(file), `${time}.mp4`));
    };
    const days = await listDays([folder], isOwn);
    let excess = [...days, ...own].reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
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
