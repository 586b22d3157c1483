import assert from "node:assert/strict";
import { StreamClock } from "../../../../src/vision/rules/stream-clock";

const wall = Date.parse("2026-03-02T08:00:00.000Z");
const secondsOf = (...frames: [time: unknown, arrivedAt: number][]): number[] => {
  const clock = new StreamClock();
  return frames.map(([time, arrivedAt]) => clock.next(time, wall + arrivedAt).seconds);
};

describe("StreamClock", () => {
  it("follows the times of the frames, not of their arrival", () => {
    assert.deepEqual(
      secondsOf(["2024-05-01T10:00:00Z", 0], ["2024-05-01T10:00:02Z", 10], ["2024-05-01T10:00:05Z", 20]),
      [0, 2, 5],
    );
  });

  it("follows the wall clock if frames have no valid time", () => {
    assert.deepEqual(secondsOf([undefined, 0], ["soon", 1000], [{}, 2500]), [0, 1, 2.5]);
  });

  it("follows the wall clock if all frames have the same time", () => {
    const same = "2024-05-01T10:00:00Z";
    assert.deepEqual(secondsOf([same, 0], [same, 1000], [same, 3000]), [0, 1, 3]);
  });

  it("stops for a frame out of order", () => {
    assert.deepEqual(
      secondsOf(
        ["2024-05-01T10:00:00Z", 0],
        ["2024-05-01T10:00:02Z", 10],
        ["2024-05-01T10:00:01Z", 20],
        ["2024-05-01T10:00:03Z", 30],
      ),
      [0, 2, 2, 3],
    );
  });

  it("continues when a recording is restarted", () => {
    assert.deepEqual(
      secondsOf(
        ["2024-05-01T10:00:00Z", 0],
        ["2024-05-01T10:01:00Z", 10],
        ["2024-05-01T10:00:00Z", 20],
        ["2024-05-01T10:00:01Z", 30],
      ),
      [0, 60, 60, 61],
    );
  });

  it("returns the frame's time unchanged if it has an offset, otherwise in UTC", () => {
    const clock = new StreamClock();
    assert.equal(clock.next("2024-05-01T10:00:00.5+02:00", wall).time, "2024-05-01T10:00:00.5+02:00");
    assert.equal(clock.next(Date.parse("2024-05-01T08:00:01Z"), wall).time, "2024-05-01T08:00:01.000Z");
    assert.equal(clock.next("nonsense", wall).time, "2026-03-02T08:00:00.000Z");
  });

  it("returns the video time some seconds after the latest frame", () => {
    const clock = new StreamClock();
    clock.next("2024-05-01T10:00:00+02:00", wall);
    assert.equal(clock.timeAfter(2.5), "2024-05-01T08:00:02.500Z");
  });
});
