import assert from "node:assert/strict";
import { commonTypeOf, eventTypes, findEventType } from "../../../../src/hcp/event-types";
import { isCommonEventType } from "../../../../src/events";

describe("the event types", () => {
  it("have as many entries per category as the guide's appendix A.4", () => {
    const counts: Record<string, number> = {};
    for (const { category } of eventTypes) counts[category] = (counts[category] ?? 0) + 1;

    assert.deepEqual(counts, {
      camera: 64,
      alarmInput: 1,
      encodingDevice: 14,
      door: 16,
      accessControlDevice: 2,
      mobileDevice: 2,
      person: 2,
      genericEvent: 1,
      cardSwiping: 78,
      anpr: 1,
      face: 1,
      mobileVehicle: 23,
      healthcare: 11,
    });
  });

  it("are unique by code and source", () => {
    const keys = eventTypes.map(({ code, source }) => `${code} ${source}`);
    assert.equal(new Set(keys).size, keys.length);
  });

  it("each have a name", () => {
    for (const { code, name } of eventTypes) assert.match(name, /^\S.*\S$/, String(code));
  });

  it("are found by code", () => {
    assert.deepEqual(findEventType(131331), {
      code: 131331,
      name: "Motion detected",
      source: "camera",
      category: "camera",
    });
    assert.equal(findEventType(589825)?.source, "ioIn");
    assert.equal(findEventType(198914)?.category, "cardSwiping");
    assert.equal(findEventType(648)?.source, "mobileVehicle");
    assert.equal(findEventType(500041)?.source, "fallRadar");
    assert.equal(findEventType(1), undefined);
  });

  it("assign 193 and 194 to cameras and doors", () => {
    for (const code of [193, 194]) {
      const sources = eventTypes.filter((type) => type.code === code).map(({ source }) => source);
      assert.deepEqual(sources.sort(), ["camera", "door"]);
    }
  });
});

describe("the common type of an event type", () => {
  for (const [code, type] of [
    [131329, "videoLoss"],
    [131330, "tamper"],
    [131331, "motion"],
    [131585, "lineCrossing"],
    [131588, "intrusion"],
    [131622, "licensePlate"],
    [131659, "faceMatch"],
    [192518, "temperatureDifference"],
    [589825, "alarmInput"],
    [66306, "deviceOffline"],
    [66050, "storage"],
    [1417219, "hardHat"],
    [197634, "access"],
    [198657, "access"],
    [199608, "tamper"],
    // One code per common type.
    [131591, "parking"],
    [131592, "rapidMove"],
    [131593, "gathering"],
    [131594, "objectLeft"],
    [131595, "objectRemoved"],
    [663, "regionEntrance"],
    [665, "regionExit"],
    [131612, "tamper"],
    [131623, "audio"],
    [131597, "intrusion"],
    [131669, "loitering"],
    [131604, "access"],
    [131664, "peopleCounting"],
    [131704, "face"],
    [1421313, "videoMetadata"],
    [66053, "illegalAccess"],
    [385050, "storage"],
    [66311, "deviceOffline"],
    [133122, "peopleDensity"],
    [500041, "personDown"],
    [131596, "fight"],
    [131603, "absence"],
    [500051, "posture"],
    [644, "driver"],
    [660, "vehicleMotion"],
    [131679, "traffic"],
    [656, "panic"],
    [66065, "videoQuality"],
    [194, "noMask"],
  ] as const) {
    it(`of ${code} (${findEventType(code)?.name}) is ${type}`, () => {
      assert.equal(commonTypeOf(code), type);
    });
  }

  it("is unknown for generic events, and for codes of other versions", () => {
    assert.deepEqual(
      eventTypes.map(({ code }) => code).filter((code) => commonTypeOf(code) === "unknown"),
      [195],
    );
    assert.equal(commonTypeOf(3_000_000_000), "unknown");
  });

  it("is a listed type for every code", () => {
    for (const { code } of eventTypes) assert.ok(isCommonEventType(commonTypeOf(code)));
  });
});
