import type { SurveillanceError } from "../../../../src/core/errors";
import type { TimedPart } from "../../../../src/rtsp/recording/pre-roll";
import type { GrowingFile, RecordedFile } from "../../../../src/rtsp/recording/recording-file";

/** Returns a frame whose timestamp is its time of arrival. */
export function frameAt(second: number, keyframe = Number.isInteger(second)): TimedPart {
  return {
    data: Buffer.from([second]),
    time: second * 1000,
    frame: { keyframe, codec: "h264", seconds: second },
  };
}

/** Stores the times of its frames, two per second. */
export class FakeFile implements GrowingFile {
  frames: number[] = [];
  failure: SurveillanceError | undefined;

  constructor(readonly file: string) {}

  get bytes(): number {
    return this.frames.length;
  }

  get seconds(): number {
    const [first, last] = [this.frames[0], this.frames.at(-1)];
    return first === undefined || last === undefined ? 0 : last - first + 0.5;
  }

  write({ frame }: TimedPart): void {
    if (frame !== undefined) this.frames.push(frame.seconds);
  }

  finish(): Promise<RecordedFile> {
    return Promise.reject(new Error("unexpected call"));
  }
}
