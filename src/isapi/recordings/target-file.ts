import { createHash } from "node:crypto";
import { fileInside } from "../../files/target-file";
import type { DownloadableRecording } from "./recording";

const MAX_NAME = 150;

export interface TargetFile {
  /** Where the whole recording will be. */
  file: string;
  /** Where it grows, the same for the same recording: so that a broken download can go on. */
  partial: string;
}

/**
 * Where a recording is put.
 *
 * @param name of the file; default: track, start and the device's own name of it
 * @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder
 */
export function targetFile(folder: string, recording: DownloadableRecording, name?: string): TargetFile {
  const file = fileInside(folder, name ?? defaultName(recording));
  const identity = createHash("sha256").update(recording.playbackUri).digest("hex").slice(0, 12);
  return { file, partial: `${file}.${identity}.part` };
}

/** What the device says goes into no path unseen. */
function defaultName({ track, deviceStart, name }: DownloadableRecording): string {
  const parts = [track, deviceStart?.replace(/[-:]/g, "").replace(" ", "T"), name].filter(
    (part) => part !== undefined,
  );
  const plain = parts.join("_").replace(/[^\w@-]+/g, "_");
  return `${plain.slice(0, MAX_NAME)}.mpg`;
}
