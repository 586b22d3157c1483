import assert from "node:assert/strict";
import { CaptureTimes } from "../../../../src/rtsp/frames/capture-times";

const line = (frame: number, pts: number): string => `frame:${frame}    pts:${pts} pts_time:1.7e+09\nt=1\n`;

describe("CaptureTimes", () => {
  it("returns the time of each frame in milliseconds, for chunks of any size", () => {
    const text = line(0, 1_700_000_000_123_456) + line(1, 1_700_000_000_223_456);
    for (let cut = 0; cut <= text.length; cut++) {
      const times = new CaptureTimes();
      times.push(text.slice(0, cut));
      times.push(text.slice(cut));
      assert.equal(times.take(0), 1_700_000_000_123.456);
      assert.equal(times.take(1), 1_700_000_000_223.456);
    }
  });

  it("does not shift other times if a frame is dropped or arrives before its line", () => {
    const times = new CaptureTimes();
    assert.equal(times.take(0), undefined);
    times.push(line(0, 1000) + line(1, 2000) + line(2, 3000));
    assert.equal(times.take(2), 3);
  });

  it("detects rebuilt filters", () => {
    const times = new CaptureTimes();
    times.push(line(0, 1000) + line(1, 2000));
    assert.equal(times.rebuilt, false);
    times.push(line(0, 3000));
    assert.equal(times.rebuilt, true);
  });

  it("forgets the oldest of too many lines", () => {
    const times = new CaptureTimes();
    for (let frame = 0; frame <= 1000; frame++) times.push(line(frame, frame * 1000));
    assert.equal(times.take(0), undefined);
    assert.equal(times.take(1), 1);
  });
});
