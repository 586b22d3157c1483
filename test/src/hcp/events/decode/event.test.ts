import assert from "node:assert/strict";
import { isCommonEventType, type CommonEvent } from "../../../../../src/events";
import { decodeEvent } from "../../../../../src/hcp/events/decode/event";
import { readPost } from "../../../../../src/hcp/events/decode/envelope";

const received = Date.parse("2026-03-02T08:00:05Z");
const base = {
  eventId: "0c1d",
  srcIndex: "31",
  srcType: "camera",
  srcName: "Gate",
  eventType: 131588,
  status: 1,
  eventLvl: 2,
  timeout: 0,
  happenTime: "2026-03-02T 09:00:00.250+01:00",
  srcParentIdex: "null",
};

function decode(fields: object, envelope: object = {}): CommonEvent {
  const params = {
    ability: "event_vss",
    sendTime: "2026-03-02T 09:00:01.000+01:00",
    ...envelope,
    events: [fields],
  };
  const [message] = readPost(Buffer.from(JSON.stringify({ method: "OnEventNotify", params })));
  assert.ok(message);
  return decodeEvent(message, "hcp.example", received).event;
}

describe("an event of HikCentral as common event", () => {
  it("has type, state, id, times, channel and device", () => {
    const { details, ...event } = decode(base);
    assert.deepEqual(event, {
      source: "hcp",
      type: "intrusion",
      vendorType: 131588,
      state: "start",
      id: "0c1d",
      time: "2026-03-02T09:00:00.250+01:00",
      receivedTime: "2026-03-02T08:00:05.000Z",
      device: { host: "hcp.example" },
      channel: { id: "31", name: "Gate" },
      description: "Intrusion",
      targets: [],
      images: [],
    });
    assert.equal(details.eventLvl, 2);
  });

  it("has only its own details, whatever their names", () => {
    const evil = JSON.parse('{"__proto__":{"toString":0,"inherited":1}}') as object;
    for (const { details } of [decode({ ...base, ...{ data: evil } }), decode(Object.assign(evil, base))]) {
      assert.equal(Object.getPrototypeOf(details), Object.prototype);
      assert.equal("inherited" in details, false);
    }
  });

  for (const [status, state] of [
    [0, "pulse"],
    [1, "start"],
    [2, "end"],
    [3, "pulse"],
    [4, "update"],
    [5, "update"],
    ["2", "end"],
  ] as const) {
    it(`with status ${JSON.stringify(status)} is ${state}`, () => {
      assert.equal(decode({ ...base, status }).state, state);
    });
  }

  for (const name of ["srcParentIdex", "srcParentIndex"]) {
    it(`has its device from ${name}`, () => {
      const { srcParentIdex, ...rest } = base;
      assert.equal(srcParentIdex, "null");
      assert.equal(decode({ ...rest, [name]: "dev-7" }).device.id, "dev-7");
    });
  }

  it("of a device has that device", () => {
    const event = decode({
      ...base,
      srcType: "encodeDevice",
      srcIndex: "5",
      srcName: "NVR",
      eventType: 66306,
    });
    assert.deepEqual(event.device, { id: "5", name: "NVR", host: "hcp.example" });
  });

  for (const [what, happenTime, expected] of [
    ["spaces in it", " 2026-03-02T 09:00:00 +01:00 ", "2026-03-02T09:00:00+01:00"],
    ["no zone, has the zone of the sending time", "2026-03-02 09:00:00.5", "2026-03-02T09:00:00.500+01:00"],
    ["no valid date, has the sending time", "yesterday", "2026-03-02T09:00:01.000+01:00"],
  ]) {
    it(`whose time has ${what}`, () => {
      assert.equal(decode({ ...base, happenTime }).time, expected);
    });
  }

  it("without any time has the time of its arrival", () => {
    assert.equal(
      decode({ ...base, happenTime: undefined }, { sendTime: undefined }).time,
      "2026-03-02T08:00:05.000Z",
    );
  });

  it("without an id has the same id as its repetition", () => {
    const { eventId, ...rest } = base;
    assert.equal(eventId, "0c1d");
    assert.equal(decode(rest).id, decode(rest).id);
    assert.notEqual(decode(rest).id, decode({ ...rest, srcIndex: "32" }).id);
  });

  it("of an unlisted type is unknown, with all its fields", () => {
    const event = decode({ ...base, eventType: 2900000001, somethingNew: { a: "1" } });
    assert.deepEqual([event.type, event.vendorType], ["unknown", 2900000001]);
    assert.deepEqual(event.details.somethingNew, { a: "1" });
    assert.ok(isCommonEventType(event.type));
  });

  it("keeps data that is neither an object nor JSON", () => {
    assert.equal(decode({ ...base, data: "free text" }).details.data, "free text");
  });

  it("keeps the fields of the envelope", () => {
    const { details } = decode({ ...base, data: { plateNo: "B-XY 12" } });
    assert.deepEqual([details.ability, details.srcType, details.plateNo], ["event_vss", "camera", "B-XY 12"]);
  });

  it("of a linkage rule has the source of the event that triggered it, and the rule's name", () => {
    const event = decode(
      {
        eventId: "link-1",
        eventType: 0,
        eventName: "Lights on at the gate",
        srcType: "eventRule",
        srcIndex: "rule-9",
        status: 0,
        happenTime: base.happenTime,
        eventDetails: [{ eventType: 131585, srcIndex: "33", srcName: "Fence", srcType: "camera" }],
      },
      { ability: "" },
    );
    assert.deepEqual([event.type, event.vendorType, event.state], ["lineCrossing", 0, "pulse"]);
    assert.deepEqual(event.channel, { id: "33", name: "Fence" });
    assert.equal(event.description, "Lights on at the gate");
  });
});
