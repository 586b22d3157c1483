import assert from "node:assert/strict";
import { OccurrenceTracker } from "../../../src/events";
import { ManualClock } from "../../support/manual-clock";

function track(endAfterMs: number, maxOpen?: number) {
  const clock = new ManualClock();
  const ended: [string, number][] = [];
  const tracker = new OccurrenceTracker<number>({
    endAfterMs,
    clock,
    onEnd: (id, last) => ended.push([id, last]),
    ...(maxOpen === undefined ? {} : { maxOpen }),
  });
  return { clock, tracker, ended };
}

describe("OccurrenceTracker", () => {
  it("starts with the first report, updates with the next, under one id", () => {
    const { tracker } = track(5000);
    const first = tracker.report("a", 1);
    const second = tracker.report("a", 2);
    assert.deepEqual([first.state, second.state, second.id], ["start", "update", first.id]);
    tracker.close();
  });

  it("ends what is no longer reported, with the last report, once", () => {
    const { clock, tracker, ended } = track(5000);
    const { id } = tracker.report("a", 1);
    clock.advance(4);
    tracker.report("a", 2);
    clock.advance(4.9);
    assert.deepEqual(ended, []);
    clock.advance(0.2);
    assert.deepEqual(ended, [[id, 2]]);
    clock.advance(60);
    assert.equal(ended.length, 1);
    assert.equal(clock.pending, 0);
  });

  it("tells what goes on, by the beginning of its key", () => {
    const { tracker } = track(5000);
    for (const key of ["a|1", "a|2", "b|1"]) tracker.report(key, 1);
    tracker.end("a|2");
    assert.deepEqual(tracker.open("a|"), ["a|1"]);
    tracker.close();
  });

  it("ends with the device's word, and begins anew afterwards", () => {
    const { clock, tracker, ended } = track(5000);
    const { id } = tracker.report("a", 1);
    assert.deepEqual(tracker.end("a"), { id, last: 1 });
    assert.equal(tracker.end("a"), undefined);
    assert.notEqual(tracker.report("a", 2).id, id);
    clock.advance(1);
    assert.deepEqual(ended, []);
    tracker.close();
  });

  it("leaves the end to the device where no time is set", () => {
    const { clock, tracker, ended } = track(0);
    tracker.report("a", 1);
    clock.advance(86_400);
    assert.deepEqual(ended, []);
    assert.equal(clock.pending, 0);
  });

  it("keeps a bounded number open, ending the oldest", () => {
    const { tracker, ended } = track(5000, 2);
    const { id } = tracker.report("a", 1);
    tracker.report("b", 2);
    tracker.report("c", 3);
    assert.deepEqual(ended, [[id, 1]]);
    tracker.close();
  });
});
