import assert from "node:assert/strict";
import { eventStatus } from "../../../../../src/hcp/events/decode/envelope";
import { LastingEvents } from "../../../../../src/hcp/events/memory/lasting-events";
import { seenWith, seenWithRecord } from "../../../../../src/hcp/events/memory/seen-events";

describe("LastingEvents", () => {
  const { started, ended, pulse, image } = eventStatus;
  const delivery = (
    id: string,
    status: number,
    time = 0,
  ): { id: string; statuses: number; time: number } => ({
    id,
    statuses: seenWith(status),
    time,
  });

  it("remembers the start of an event until its end is delivered", () => {
    const lasting = new LastingEvents();
    lasting.note(delivery("a", started, 1000));
    lasting.note(delivery("b", started, 2000));
    lasting.note(delivery("a", image, 1500));
    assert.deepEqual(lasting.snapshot(), [
      ["a", 1000],
      ["b", 2000],
    ]);
    lasting.note(delivery("a", ended, 3000));
    lasting.note({ id: "b", statuses: seenWithRecord(true), time: 2000 });
    assert.deepEqual([lasting.snapshot(), lasting.has("a")], [[], false]);
  });

  it("continues from the snapshot of the last run", () => {
    const lasting = new LastingEvents([["a", 1000]]);
    assert.equal(lasting.has("a"), true);
    lasting.note(delivery("a", ended));
    assert.deepEqual(lasting.snapshot(), []);
  });

  it("ignores events that have no end", () => {
    const lasting = new LastingEvents();
    lasting.note(delivery("a", pulse));
    lasting.note({ id: "b", statuses: seenWithRecord(false), time: 0 });
    assert.deepEqual(lasting.snapshot(), []);
  });

  it("keeps the latest hundred events", () => {
    const lasting = new LastingEvents();
    for (let index = 0; index < 130; index += 1) lasting.note(delivery(`e${index}`, started));
    const ids = lasting.snapshot().map(([id]) => id);
    assert.deepEqual([ids.length, ids[0], ids.at(-1)], [100, "e30", "e129"]);
  });
});
