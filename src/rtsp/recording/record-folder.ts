import { createHash } from "node:crypto";
import path from "node:path";
import { dayAndTime, listDays, removeOldest } from "../../files/day-folders";
import { fileInside } from "../../files/target-file";
import { RecordingFile } from "./recording-file";

/** Clips are requested, segments are recorded all the time. */
export type RecordingKind = "clips" | "segments";

const OWN_NAME = /^(\d{9})(\.mp4|(\.\d+)?\.unfinished\.(ts|mp4))$/;
/** Two recordings may begin with the same frame, give or take the jitter of the clock. */
const NEAR_MS = 60_000;
const MAX_NAME = 60;
const FINGERPRINT_DIGITS = 8;

/** The place that a request chooses for its clip. */
export interface ChosenPlace {
  /** Absolute path */
  folder?: string | undefined;
  /** Inside the folder */
  filename?: string | undefined;
}

/** The folder of one camera: `<folder>/<camera>/clips/2026-11-20/101530123.mp4`, in local time. */
export class RecordFolder {
  readonly #folder: string;
  readonly #camera: string;
  /** The time in the last name of each kind. */
  readonly #last: Partial<Record<RecordingKind, number>> = {};

  /**
   * @param folder absolute path
   * @param camera its name, of any characters
   * @param identity distinguishes it from others of the same name, such as its whole address
   */
  constructor(folder: string, camera: string, identity = camera) {
    this.#folder = folder;
    this.#camera = folderName(camera, identity);
  }

  /**
   * Returns the path of a new file.
   * @param start epoch milliseconds
   */
  file(kind: RecordingKind, start: number): string {
    const { day, time } = this.#nameOf(kind, start);
    return path.join(this.#folder, this.#camera, kind, day, `${time}.mp4`);
  }

  /**
   * Returns the path of a clip at the place that its request chose. Where the request names only a folder, the camera
   * and the time make the name; where it names nothing, the clip is like any other.
   *
   * @param start epoch milliseconds
   * @param number counts the files of one request, from 1
   * @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder
   */
  clip({ folder, filename }: ChosenPlace, start: number, number: number): string {
    if (filename !== undefined) {
      const name = filename.replace(/\.mp4$/i, "");
      return fileInside(folder ?? this.#folder, `${number === 1 ? name : `${name}-${number}`}.mp4`);
    }
    if (folder === undefined) return this.file("clips", start);
    const { day, time } = this.#nameOf("clips", start);
    return fileInside(folder, `${this.#camera}-${day}-${time}.mp4`);
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
   * Deletes the oldest recordings of a kind until the rest fits. Other files are neither counted nor touched, nor are
   * clips at a chosen place, and unfinished recordings.
   *
   * @param kept files that are counted, but not deleted: the newest one, and those that grow
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

/** Makes a folder name that is valid on every system and unique to the camera: a changed name gets a fingerprint. */
function folderName(camera: string, identity: string): string {
  const plain = camera
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}@_-]+/gu, "_")
    .slice(0, MAX_NAME);
  if (plain === camera && identity === camera) return plain;
  const fingerprint = createHash("sha256").update(identity).digest("hex").slice(0, FINGERPRINT_DIGITS);
  return `${plain}-${fingerprint}`;
}
