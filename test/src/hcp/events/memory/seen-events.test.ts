import assert from "node:assert/strict";
import { SeenEvents, seenWith, seenWithRecord } from "../../../../../src/hcp/events/memory/seen-events";

describe("the memory of events", () => {
  it("distinguishes a new status of an event from a repeated one", () => {
    const seen = new SeenEvents();
    assert.deepEqual(
      [1, 1, 2, 1, 5].map((status) => seen.add("a", status)),
      [true, false, true, false, true],
    );
    assert.equal(seen.add("b", 1), true);
  });

  it("treats a missing status as a separate status", () => {
    const seen = new SeenEvents();
    assert.deepEqual(
      [seen.add("a", Number.NaN), seen.add("a", Number.NaN), seen.add("a", 0)],
      [true, false, true],
    );
  });

  it("remembers the latest 25000 events, and forgets events beyond 50000", () => {
    const seen = new SeenEvents();
    const ids = (prefix: string): string[] =>
      Array.from({ length: 25_000 }, (_, index) => `${prefix}-${index}`);
    const [first, second, third] = [ids("first"), ids("second"), ids("third")];
    for (const id of [...first, ...second, ...third]) seen.add(id, 0);
    assert.ok(third.every((id) => !seen.add(id, 0)));
    assert.equal(seen.add("first-0", 0), true);
  });

  it("treats a record as new only if no message of its event was seen", () => {
    const seen = new SeenEvents();
    seen.add("a", 0);
    assert.equal(seen.addRecord("a", true), undefined);
    assert.equal(seen.addRecord("b", true), "event");
    assert.equal(seen.addRecord("b", true), undefined);
  });

  it("treats a record as the end of an event whose start was seen", () => {
    const seen = new SeenEvents();
    seen.add("a", 1);
    assert.equal(seen.addRecord("a", false), undefined);
    assert.equal(seen.addRecord("a", true), "end");
    assert.equal(seen.add("a", 2), false);
  });

  it("treats only the end as new when the event of a record is posted late", () => {
    const seen = new SeenEvents();
    seen.addRecord("a", false);
    assert.deepEqual(
      [0, 1, 3, 2].map((status) => seen.add("a", status)),
      [false, false, false, true],
    );
  });

  it("treats a record as new if only the end or a later image of its event was seen", () => {
    for (const status of [2, 5]) {
      const seen = new SeenEvents();
      seen.add("a", status);
      assert.equal(seen.addRecord("a", true), "event");
    }
  });

  it("outlasts a restart, with messages of one event from different times", () => {
    const next = new SeenEvents([
      ["a", seenWith(1)],
      ["b", seenWithRecord(true)],
      ["a", seenWith(2)],
    ]);
    assert.deepEqual(
      [next.add("a", 1), next.add("a", 2), next.add("a", 5), next.add("b", 1), next.add("b", 2)],
      [false, false, true, false, false],
    );
  });
});
