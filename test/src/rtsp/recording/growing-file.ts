import type { SurveillanceError } from "../../../../src/core/errors";
import type { TimedPart } from "../../../../src/rtsp/recording/pre-roll";
import type { GrowingFile, RecordedFile } from "../../../../src/rtsp/recording/recording-file";

/** A picture that arrives at a second and is shown then. */
export function pictureAt(second: number, keyframe = Number.isInteger(second)): TimedPart {
  return {
    data: Buffer.from([second]),
    time: second * 1000,
    picture: { keyframe, codec: "h264", seconds: second },
  };
}

/** Remembers the pictures that it was given, two a second. */
export class FakeFile implements GrowingFile {
  pictures: number[] = [];
  failure: SurveillanceError | undefined;

  constructor(readonly file: string) {}

  get bytes(): number {
    return this.pictures.length;
  }

  get seconds(): number {
    const [first, last] = [this.pictures[0], this.pictures.at(-1)];
    return first === undefined || last === undefined ? 0 : last - first + 0.5;
  }

  write({ picture }: TimedPart): void {
    if (picture !== undefined) this.pictures.push(picture.seconds);
  }

  finish(): Promise<RecordedFile> {
    return Promise.reject(new Error("not asked for"));
  }
}
