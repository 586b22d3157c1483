import assert from "node:assert/strict";
import { OlderRecorderPosts } from "../../servers/viewtron/older-recorder-posts";
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
    aoiEntryAlarm: "regionEntrance",
    aoiLeaveAlarm: "regionExit",
    avdAlarm: "tamper",
    crowdGatheringAlarm: "gathering",
    vfdMatchAlarm: "faceMatch",
    trafficAlarm: "objectCounting",
    pvdAlarm: "parking",
    loiteringAlarm: "loitering",
    asdAlarm: "audio",
    soundAbruptUpAlarm: "audio",
    soundAbruptDownAlarm: "audio",
    soundAbruptUp: "audio",
    fireAlarm: "fire",
    temperatureAlarm: "temperature",
    sensorAlarmIn: "alarmInput",
    chlVideoLossAlarm: "videoLoss",
    chlVideoLoss: "videoLoss",
    videoLossAlarm: "videoLoss",
    diskFullAlarm: "storage",
    diskErrorAlarm: "storage",
    diskAlarm: "storage",
    ipConflictAlarm: "network",
    illegalAccessAlarm: "illegalAccess",
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

  it("reads the local time of a camera in both spellings", () => {
    const local = new Date(2026, 4, 4, 22, 20, 30).toISOString();
    assert.equal(only(camera.alarmStatus("motionAlarm", true, "2026-05-04 22:20:30")).time, local);
    assert.equal(only(camera.alarmStatus("motionAlarm", true, "05-04-2026 10:20:30 PM")).time, local);
  });

  it("reads the number of a recorder's lost camera as its channel", () => {
    const event = only(recorder.alarmStatus("chlOfflineAlarm", true, 9));
    assert.equal(event.channel.id, "9");
  });

  describe("of a recorder that names no channel", () => {
    const older = new OlderRecorderPosts();
    const channels = (xml: string): unknown[] =>
      decode(xml).events.map(({ type, state, channel }) => [type, state, channel]);

    it("reads the number and the name beside each state as those of the camera", () => {
      const states = [
        { id: 4, on: true, name: "Yard" },
        { id: 9, on: false },
      ];
      const expected = [
        ["motion", "start", { id: "4", name: "Yard" }],
        ["motion", "end", { id: "9" }],
      ];
      assert.deepEqual(channels(older.alarmList("motionAlarm", ...states)), expected);
      assert.deepEqual(channels(older.alarmRow("motionAlarm", ...states)), expected);
      assert.deepEqual(channels(recorder.alarmStatusOfChannels("motionAlarm", states)), expected);
    });

    it("keeps the states of its cameras apart", () => {
      const [first, second] = decode(
        older.alarmList("perimeterAlarm", { id: 1, on: true }, { id: 2, on: true }),
      ).events;
      assert.notEqual(first?.id, second?.id);
    });

    it("returns no event for a list without items", () => {
      assert.deepEqual(decode(older.alarmList("chlOfflineAlarm")).events, []);
    });

    it("treats an empty number as missing", () => {
      const xml = older.alarmList("motionAlarm", { id: 4, on: true }).replace('id="4"', 'id=" "');
      assert.deepEqual(channels(xml), [["motion", "start", { id: "0" }]]);
    });

    it("uses channel 0, the recorder itself, if there is no number", () => {
      const xml = older
        .alarmList("motionAlarm", { id: 4, on: true })
        .replace(
          "</alarmStatusInfo>",
          '<diskFullAlarm type="boolean">true</diskFullAlarm></alarmStatusInfo>',
        );
      assert.deepEqual(channels(xml)[1], ["storage", "start", { id: "0" }]);
    });
  });

  it("keeps a camera's only channel, whatever the number of the rule", () => {
    assert.equal(only(camera.alarmStatus("perimeterAlarm", true, undefined, 3)).channel.id, "1");
  });

  it("uses the camera of a video loss and the input of a sensor as channel, whatever channel the post names", () => {
    assert.equal(only(recorder.alarmStatus("chlVideoLoss", true, 9)).channel.id, "9");
    assert.equal(only(recorder.alarmStatus("videoLossAlarm", true, 9)).channel.id, "9");
    assert.equal(only(recorder.alarmStatus("sensorAlarmIn", true, 17)).channel.id, "17");
    assert.equal(only(recorder.alarmStatus("perimeterAlarm", true, 9)).channel.id, "2");
  });

  it("contains only its own alarm in its details", () => {
    const states = Array.from({ length: 256 }, (_, index) => ({ id: index + 1, on: true }));
    const { events } = decode(recorder.alarmStatusOfChannels("motionAlarm", states));
    assert.equal(events.length, 256);
    assert.deepEqual(events[6]?.details.alarmStatusInfo, { motionAlarm: [{ id: "7", value: "true" }] });
    assert.equal(typeof events[6].details.messageType, "string");
    const ofCamera = only(camera.alarmStatus("motionAlarm", true));
    assert.match(JSON.stringify(ofCamera.details), /"motionAlarm":.*"true"/);
  });

  it("returns one event for each alarm of a post", () => {
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
