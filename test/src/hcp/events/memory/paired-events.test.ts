import assert from "node:assert/strict";
import { decodeEvent } from "../../../../../src/hcp/events/decode/event";
import { readPost } from "../../../../../src/hcp/events/decode/envelope";
import { PairedEvents } from "../../../../../src/hcp/events/memory/paired-events";
import type { CommonEvent } from "../../../../../src/events";

function event(eventType: number, eventId: string, more: object = {}): CommonEvent {
  const events = [{ eventType, eventId, srcIndex: "31", srcType: "camera", status: 0, ...more }];
  const [message] = readPost(Buffer.from(JSON.stringify({ params: { events } })));
  assert.ok(message);
  return decodeEvent(message, "hcp.example", 0).event;
}

function joined(pairs: PairedEvents, ...events: CommonEvent[]): string[] {
  return events.map((each) => {
    pairs.join(each);
    return `${each.id} ${each.state} ${each.type}`;
  });
}

describe("two codes of one occurrence", () => {
  for (const [begins, ends, type] of [
    [385050, 385051, "storage"],
    [385052, 385053, "storage"],
    [66306, 66311, "deviceOffline"],
    [642, 641, "deviceOffline"],
  ] as const) {
    it(`${begins} starts it and ${ends} ends it, with one id`, () => {
      assert.deepEqual(joined(new PairedEvents(), event(begins, "a"), event(ends, "b")), [
        `a start ${type}`,
        `a end ${type}`,
      ]);
    });
  }

  it("are matched by their source, and each ends once", () => {
    const other = { srcIndex: "32" };
    assert.deepEqual(
      joined(
        new PairedEvents(),
        event(385052, "a"),
        event(385052, "b", other),
        event(385053, "c", other),
        event(385053, "d", other),
      ),
      ["a start storage", "b start storage", "b end storage", "d end storage"],
    );
  });

  it("stay one occurrence over a restart", () => {
    const before = new PairedEvents();
    before.join(event(385050, "a"));
    const after = new PairedEvents(before.snapshot());
    assert.deepEqual(joined(after, event(385051, "b")), ["a end storage"]);
  });

  it("do not change other codes", () => {
    assert.deepEqual(joined(new PairedEvents(), event(131331, "a"), event(131331, "b", { status: 1 })), [
      "a pulse motion",
      "b start motion",
    ]);
  });
});
