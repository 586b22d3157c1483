import assert from "node:assert/strict";
import { linkedEvents, readPost, typesOf } from "../../../../../src/hcp/events/decode/envelope";
import { SurveillanceError } from "../../../../../src/core/errors";

const read = (value: unknown): ReturnType<typeof readPost> => readPost(Buffer.from(JSON.stringify(value)));
const event = { eventId: "e1", eventType: 131331, status: 1, srcIndex: "31", srcType: "camera" };

describe("a post of HikCentral", () => {
  it("returns its events, each with the fields of the envelope", () => {
    const params = { ability: "event_vss", sendTime: "2026-03-02T08:00:00+00:00", events: [event, event] };
    const messages = read({ method: "OnEventNotify", params });
    assert.equal(messages.length, 2);
    const [first] = messages;
    assert.deepEqual([first?.ability, first?.eventType, first?.status], ["event_vss", 131331, 1]);
    assert.deepEqual(first?.fields, event);
  });

  it("is rejected when it has more events than a platform sends in one post", () => {
    const events = Array.from({ length: 20_000 }, () => ({}));
    assert.throws(() => read({ params: { events } }), { code: "HCP_EVENT_INVALID" });
  });

  it("is rejected before parsing when it consists of brackets", () => {
    const brackets = `[${"[],".repeat(100_000)}[]]`;
    const body = (data: string): Buffer =>
      Buffer.from(`{"params":{"events":[{"eventId":"e","data":{"x":${data}}}]}}`);
    assert.equal(readPost(body(brackets)).length, 1);
    assert.throws(() => readPost(body(`[${brackets},${brackets}]`)), { code: "HCP_EVENT_INVALID" });
    assert.equal(readPost(body(`"${"A".repeat(15_000_000)}"`)).length, 1);
  });

  it("may have its params as JSON text", () => {
    assert.equal(read({ params: JSON.stringify({ events: [event] }) })[0]?.eventType, 131331);
  });

  it("may have a single event without an array", () => {
    assert.equal(read({ params: { events: event } }).length, 1);
  });

  it("may have numbers as text, and types beyond 31 bits", () => {
    const [message] = read({ params: { events: [{ ...event, eventType: "2900000001", status: "2" }] } });
    assert.deepEqual([message?.eventType, message?.status], [2900000001, 2]);
  });

  it("may have its data as JSON text", () => {
    const [message] = read({ params: { events: [{ ...event, data: '{"plateNo":"B-XY 12"}' }] } });
    assert.deepEqual(message?.data, { plateNo: "B-XY 12" });
  });

  for (const [what, body] of [
    ["nothing", ""],
    ["blanks", " \n"],
    ["an empty object", "{}"],
    ["no events", '{"method":"OnEventNotify","params":{"ability":"event_vss","events":[]}}'],
    ["another method", '{"method":"OnHeartbeat"}'],
  ] as const) {
    it(`with ${what} is a test or a heartbeat`, () => {
      assert.deepEqual(readPost(Buffer.from(body)), []);
    });
  }

  for (const body of ["<xml/>", "[1,2]", '"text"', '{"params":{"events":[{"eventId":']) {
    it(`like ${body.slice(0, 12)} is rejected`, () => {
      assert.throws(
        () => readPost(Buffer.from(body)),
        (error) => error instanceof SurveillanceError && error.code === "HCP_EVENT_INVALID",
      );
    });
  }

  it("has, as a linkage event, the types of the events that triggered it", () => {
    const linkage = {
      eventId: "l1",
      eventType: 0,
      eventDetails: [{ eventType: 131588 }, { eventType: "589825" }],
    };
    const [message] = read({ params: { ability: "", events: [linkage] } });
    assert.ok(message);
    assert.equal(message.ability, undefined);
    assert.equal(linkedEvents(message).length, 2);
    assert.deepEqual(typesOf(message), [0, 131588, 589825]);
  });
});
