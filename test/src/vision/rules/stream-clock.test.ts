import assert from "node:assert/strict";
import { StreamClock } from "../../../../src/vision/rules/stream-clock";

const wall = Date.parse("2026-03-02T08:00:00.000Z");
const secondsOf = (...frames: [time: unknown, arrivedAt: number][]): number[] => {
  const clock = new StreamClock();
  return frames.map(([time, arrivedAt]) => clock.next(time, wall + arrivedAt).seconds);
};

describe("the clock of a stream", () => {
  it("runs with the times of the frames, whenever they arrive", () => {
    assert.deepEqual(
      secondsOf(["2024-05-01T10:00:00Z", 0], ["2024-05-01T10:00:02Z", 10], ["2024-05-01T10:00:05Z", 20]),
      [0, 2, 5],
    );
  });

  it("runs with the wall where frames have no time that can be read", () => {
    assert.deepEqual(secondsOf([undefined, 0], ["soon", 1000], [{}, 2500]), [0, 1, 2.5]);
  });

  it("runs with the wall where every frame has the same time", () => {
    const same = "2024-05-01T10:00:00Z";
    assert.deepEqual(secondsOf([same, 0], [same, 1000], [same, 3000]), [0, 1, 3]);
  });

  it("holds still for a frame that comes too late", () => {
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

  it("goes on from where it was when a recording starts again", () => {
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

  it("gives a frame's time as it came when it has an offset, else in UTC", () => {
    const clock = new StreamClock();
    assert.equal(clock.next("2024-05-01T10:00:00.5+02:00", wall).time, "2024-05-01T10:00:00.5+02:00");
    assert.equal(clock.next(Date.parse("2024-05-01T08:00:01Z"), wall).time, "2024-05-01T08:00:01.000Z");
    assert.equal(clock.next("nonsense", wall).time, "2026-03-02T08:00:00.000Z");
  });

  it("tells what time of the video it is a while after the latest frame", () => {
    const clock = new StreamClock();
    clock.next("2024-05-01T10:00:00+02:00", wall);
    assert.equal(clock.timeAfter(2.5), "2024-05-01T08:00:02.500Z");
  });
});
