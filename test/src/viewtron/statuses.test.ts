import assert from "node:assert/strict";
import { camera, decode, only, recorder } from "./decoding";

describe("decodePost: alarm states", () => {
  const fields: Record<string, string> = {
    motionAlarm: "motion",
    sensorAlarm: "alarmInput",
    perimeterAlarm: "intrusion",
    tripwireAlarm: "lineCrossing",
    oscAlarm: "objectLeftOrRemoved",
    CPCAlarm: "peopleCounting",
    CDDAlarm: "peopleDensity",
    IPDAlarm: "intrusion",
    VFDAlarm: "face",
    vfdAlarm: "face",
    vehiceAlarm: "licensePlate",
    vehicleAlarm: "licensePlate",
    passlineAlarm: "objectCounting",
    clarityAbnormal: "tamper",
    colorAbnormal: "tamper",
    sceneChange: "tamper",
    chlOfflineAlarm: "deviceOffline",
    inventedAlarm: "unknown",
  };
  for (const [field, type] of Object.entries(fields)) {
    it(`${field} is ${type}, of a camera and of a recorder`, () => {
      for (const xml of [camera.alarmStatus(field, true), recorder.alarmStatus(field, true)]) {
        const event = only(xml);
        assert.equal(event.type, type);
        assert.equal(event.vendorType, field);
        assert.equal(event.state, "start");
      }
      assert.equal(only(camera.alarmStatus(field, false)).state, "end");
    });
  }

  it("takes the local time of a camera in both of its spellings", () => {
    const local = new Date(2026, 4, 4, 22, 20, 30).toISOString();
    assert.equal(only(camera.alarmStatus("motionAlarm", true, "2026-05-04 22:20:30")).time, local);
    assert.equal(only(camera.alarmStatus("motionAlarm", true, "05-04-2026 10:20:30 PM")).time, local);
  });

  it("takes the number of a recorder's lost camera for its channel", () => {
    const event = only(recorder.alarmStatus("chlOfflineAlarm", true, 9));
    assert.equal(event.channel.id, "9");
  });

  it("is one event for each alarm of a post", () => {
    const xml = recorder
      .alarmStatus("perimeterAlarm", true)
      .replace(
        "</alarmStatusInfo>",
        '<vfdAlarm><item id="1">false</item><item id="2">true</item></vfdAlarm></alarmStatusInfo>',
      );
    assert.deepEqual(
      decode(xml).events.map(({ vendorType, state }) => [vendorType, state]),
      [
        ["perimeterAlarm", "start"],
        ["vfdAlarm", "end"],
        ["vfdAlarm", "start"],
      ],
    );
  });
});
