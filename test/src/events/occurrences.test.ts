import assert from "node:assert/strict";
import { OccurrenceTracker, type OccurrenceOptions } from "../../../src/events/occurrences";
import { ManualClock } from "../../support/manual-clock";

function track(options: OccurrenceOptions<number> = {}) {
  const clock = new ManualClock();
  const ended: [string, number][] = [];
  const tracker = new OccurrenceTracker<number>({
    clock,
    onEnd: (id, last) => ended.push([id, last]),
    ...options,
  });
  return { clock, tracker, ended };
}

describe("OccurrenceTracker", () => {
  it("starts with the first report and updates with the next, under one id", () => {
    const { tracker } = track({ endAfterMs: 5000 });
    const first = tracker.report("a", 1);
    const second = tracker.report("a", 2);
    assert.deepEqual([first.state, second.state, second.id], ["start", "update", first.id]);
    tracker.close();
  });

  it("uses the id of the device until the end", () => {
    const { tracker } = track();
    assert.deepEqual(tracker.report("door", 1, "door/1"), { id: "door/1", state: "start" });
    assert.deepEqual(tracker.report("door", 2, "door/2"), { id: "door/1", state: "update" });
    assert.deepEqual(tracker.get("door"), { id: "door/1", last: 2 });
    assert.deepEqual(tracker.end("door"), { id: "door/1", last: 2 });
    assert.equal(tracker.get("door"), undefined);
    assert.equal(tracker.end("door"), undefined);
  });

  it("ends an occurrence without further reports once, with its last report", () => {
    const { clock, tracker, ended } = track({ endAfterMs: 5000 });
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

  it("waits for the device's end without a timer if silence does not end occurrences", () => {
    const { clock, tracker, ended } = track();
    tracker.report("a", 1);
    clock.advance(1e6);
    assert.equal(clock.pending, 0);
    assert.deepEqual([tracker.end("a")?.last, ended], [1, []]);
  });

  it("ends the first to start if too many are open", () => {
    const { tracker, ended } = track({ maxOpen: 2 });
    const { id } = tracker.report("a", 1);
    tracker.report("b", 2);
    tracker.report("a", 3);
    tracker.report("c", 4);
    assert.deepEqual([tracker.open(), ended], [["b", "c"], [[id, 3]]]);
  });

  it("ends the least recently reported one if that is chosen", () => {
    const { tracker } = track({ maxOpen: 2, drops: "least recent" });
    tracker.report("a", 1);
    tracker.report("b", 2);
    tracker.report("a", 3);
    tracker.report("c", 4);
    assert.deepEqual(tracker.open(), ["a", "c"]);
  });

  it("lists open occurrences by the prefix of their keys", () => {
    const { tracker } = track();
    for (const key of ["VMD|1", "VMD|2", "IO|1"]) tracker.report(key, 0);
    assert.deepEqual(tracker.open("VMD|"), ["VMD|1", "VMD|2"]);
  });

  it("forgets all occurrences when it is closed, without ending them", () => {
    const { clock, tracker, ended } = track({ endAfterMs: 5000 });
    tracker.report("a", 1);
    tracker.close();
    clock.advance(60);
    assert.deepEqual([tracker.open(), ended, clock.pending], [[], [], 0]);
  });
});
