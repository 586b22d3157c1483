import { createHash } from "node:crypto";
import path from "node:path";
import { dayAndTime, listDays, removeOldest } from "../../files/day-folders";
import { fileInside } from "../../files/target-file";
import { RecordingFile } from "./recording-file";

/** A message requests a clip. Segments are recorded all the time. */
export type RecordingKind = "clips" | "segments";

const OWN_NAME = /^(\d{9})(\.mp4|(\.\d+)?\.unfinished\.(ts|mp4))$/;
/** The jitter of the clock between two recordings that begin with the same frame. */
const NEAR_MS = 60_000;
const MAX_NAME = 60;
const FINGERPRINT_DIGITS = 8;

/** The folder and file name that a request chooses for its clip. */
export interface ChosenPlace {
  /** Absolute path */
  folder?: string | undefined;
  /** File name inside the folder */
  filename?: string | undefined;
}

/** The folder of one camera: `<folder>/<camera>/clips/2026-11-20/101530123.mp4`, in local time. */
export class RecordFolder {
  readonly #folder: string;
  readonly #camera: string;
  /** The time in the last file name of each kind. */
  readonly #last: Partial<Record<RecordingKind, number>> = {};

  /**
   * @param folder absolute path
   * @param camera the name of the camera, with any characters
   * @param identity distinguishes cameras with the same name, for example the whole address
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
   * Returns the path of a clip. If the request names only a folder, camera and time make the file name. If the request
   * names nothing, the path is the default path.
   *
   * @param start epoch milliseconds
   * @param number counts the files of one request, from 1
   * @throws {SurveillanceError} CONFIG_INVALID if the file name points outside the folder
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

  /** Checks a file name. @throws {SurveillanceError} CONFIG_INVALID if it points outside the folder */
  check({ folder, filename }: ChosenPlace): void {
    if (filename !== undefined) fileInside(folder ?? this.#folder, filename);
  }

  /** Returns the day and time in a file name. If two clips begin with the same keyframe, the second gets 1 ms more. */
  #nameOf(kind: RecordingKind, start: number): { day: string; time: string } {
    const last = this.#last[kind] ?? -Infinity;
    const isTaken = start <= last && last - start < NEAR_MS;
    const named = isTaken ? last + 1 : start;
    this.#last[kind] = named;
    return dayAndTime(new Date(named));
  }

  /**
   * Deletes the oldest recordings of a kind until the rest fits the limit. It does not count or touch other files,
   * clips in a chosen folder, and recordings in progress.
   *
   * @param kept files that count, but are not deleted: the newest file and the growing files
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

/** Returns a folder name that is valid on every system and unique to the camera. A changed name gets a fingerprint. */
function folderName(camera: string, identity: string): string {
  const plain = camera
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}@_-]+/gu, "_")
    .slice(0, MAX_NAME);
  if (plain === camera && identity === camera) return plain;
  const fingerprint = createHash("sha256").update(identity).digest("hex").slice(0, FINGERPRINT_DIGITS);
  return `${plain}-${fingerprint}`;
}
