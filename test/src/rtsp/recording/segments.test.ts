import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import { Segments } from "../../../../src/rtsp/recording/segments";
import { FakeFile, frameAt } from "./growing-file";

describe("Segments", () => {
  let files: FakeFile[];
  let closed: [file: string, complete: boolean][];
  let segments: Segments;
  beforeEach(() => {
    files = [];
    closed = [];
    segments = new Segments({
      seconds: 3,
      open: (start) => {
        const file = new FakeFile(`${start / 1000}`);
        files.push(file);
        return file;
      },
      close: (file, complete) => closed.push([file.file, complete]),
    });
  });

  const growing = (): string | undefined => segments.file?.file;
  /** Plays two frames per second. The frames at whole seconds are keyframes. */
  const play = (from: number, to: number): void => {
    for (let second = from; second <= to; second += 0.5) segments.push(frameAt(second));
  };

  it("end before the first keyframe after their duration, which begins the next file", () => {
    play(0.5, 8);
    assert.deepEqual(
      files.map(({ frames }) => `${frames[0] ?? ""}-${frames.at(-1) ?? ""}`),
      ["1-3.5", "4-6.5", "7-8"],
    );
    assert.deepEqual(closed, [
      ["1", true],
      ["4", true],
    ]);
  });

  it("end early if they get too large", () => {
    segments = new Segments({
      ...{ seconds: 60, maxBytes: 4 },
      open: (start) => new FakeFile(`${start / 1000}`),
      close: (file, complete) => closed.push([file.file, complete]),
    });
    play(1, 6);
    assert.deepEqual(closed, [
      ["1", true],
      ["3", true],
    ]);
  });

  it("end if the stream breaks off, and continue with its next keyframe", () => {
    play(1, 2);
    segments.interrupt();
    segments.interrupt();
    assert.equal(growing(), undefined);
    play(20.5, 21.5);
    assert.deepEqual(closed, [["1", false]]);
    assert.equal(growing(), "21");
  });

  it("pause after a file that cannot be written", () => {
    play(1, 2);
    for (const file of files) file.failure = new SurveillanceError("FILE_WRITE", "full");
    play(2.5, 12);
    assert.equal(files.length, 1);
    play(12.5, 13.5);
    assert.deepEqual(closed, [["1", false]]);
    assert.equal(growing(), "13");
  });
});
