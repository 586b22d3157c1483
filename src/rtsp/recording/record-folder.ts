import path from "node:path";
import { dayAndTime, listDays, removeOldest } from "../../files/day-folders";
import { fileInside } from "../../files/file-inside";

/** Clips are what was asked for, segments what is recorded all the time. */
export type RecordingKind = "clips" | "segments";

const OWN_NAME = /^\d{9}(\.mp4|\.mp4\.part|\.unfinished\.ts)$/;
const MAX_NAME = 80;

/** Where the recordings of one camera go: `<folder>/<camera>/clips/2026-11-20/101530123.mp4`, by local time. */
export class RecordFolder {
  readonly #folder: string;
  readonly #camera: string;

  /** @param folder absolute path */
  constructor(folder: string, camera: string) {
    this.#folder = folder;
    const plain = camera.normalize("NFKD").replace(/[^\w@-]+/g, "_");
    this.#camera = plain.slice(0, MAX_NAME) || "camera";
  }

  /** @param start epoch milliseconds */
  file(kind: RecordingKind, start: number): string {
    const { day, time } = dayAndTime(new Date(start));
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
   * @param growing a file that is not to be deleted
   */
  async keepNewest(kind: RecordingKind, maxBytes: number, growing: string | undefined): Promise<void> {
    const stem = growing === undefined ? undefined : path.basename(growing, ".mp4");
    const isOwn = (name: string): boolean =>
      OWN_NAME.test(name) && (stem === undefined || !name.startsWith(stem));
    const days = await listDays([path.join(this.#folder, this.#camera, kind)], isOwn);
    let excess = days.reduce((sum, { bytes }) => sum + bytes, 0) - maxBytes;
    for (const day of days) {
      if (excess <= 0) break;
      excess -= await removeOldest(day, excess, isOwn);
    }
  }
}
