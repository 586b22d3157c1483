import assert from "node:assert/strict";
import { camera, crop, decode, newCamera, only, overview, recorder } from "./decoding";

describe("decodePost: kinds of posts", () => {
  const zone = {
    by: "zone",
    eventId: 320,
    targetId: 30,
    targetType: "1",
    box: { x1: 0, y1: 0, x2: 5000, y2: 5000 },
  } as const;

  it("distinguishes cameras up to firmware 5.2, cameras from 5.3.1 on and recorders, whatever their version field", () => {
    const claims = (xml: string): string => xml.replace(/version="(1\.7|2\.0\.0)"/, 'version="9.9"');
    assert.equal(decode(claims(camera.perimeter(zone))).dialect, "ipc");
    assert.equal(decode(claims(newCamera.perimeter(zone))).dialect, "ipc-5.3");
    assert.equal(decode(claims(recorder.data("vehicle", ""))).dialect, "nvr");
  });

  const heartbeats: [string, string][] = [
    ["an empty body", ""],
    ["blanks and a closing zero byte", " \r\n\0"],
    ["a bare DeviceInfo", camera.heartbeat()],
    ["a message type without a prolog", newCamera.heartbeat()],
    ["a recorder's keepalive", recorder.heartbeat()],
    [
      "version 1.7 with only time and device",
      '<config version="1.7"><dataTime>2026-05-04 10:20:30</dataTime><deviceInfo><deviceName>Yard</deviceName></deviceInfo></config>',
    ],
  ];
  for (const [what, xml] of heartbeats) {
    it(`recognizes ${what} as a heartbeat`, () => {
      const { kind, events } = decode(xml);
      assert.equal(kind, "heartbeat");
      assert.deepEqual(
        events.map(({ type }) => type),
        ["heartbeat"],
      );
    });
  }

  it("names the sender of a heartbeat", () => {
    assert.deepEqual(only(camera.heartbeat()).device, {
      id: "58:5b:69:10:20:30",
      mac: "58:5b:69:10:20:30",
      name: "Yard",
      host: "192.0.2.21",
      serial: "I10203040ABC",
    });
  });

  it("returns a post of unknown structure as an unknown event with all its fields", () => {
    const event = only(
      '<config version="1.7"><brandNew><value type="uint32">007</value></brandNew></config>',
    );
    assert.equal(event.type, "unknown");
    assert.deepEqual(event.details, { brandNew: { value: "007" } });
  });

  it("returns an unknown smartType as an unknown event with its vendor type", () => {
    const event = only(camera.data("HOVERBOARD"));
    assert.equal(event.type, "unknown");
    assert.equal(event.vendorType, "HOVERBOARD");
  });
});

describe("decodePost: every smartType", () => {
  const types: Record<string, string> = {
    MOTION: "motion",
    SENSOR: "alarmInput",
    PEA: "intrusion",
    PERIMETER: "intrusion",
    TRIPWIRE: "lineCrossing",
    AVD: "tamper",
    OSC: "objectLeftOrRemoved",
    CPC: "peopleCounting",
    CDD: "peopleDensity",
    IPD: "intrusion",
    VFD: "face",
    VFD_MATCH: "faceMatch",
    VEHICE: "licensePlate",
    VEHICLE: "licensePlate",
    AOIENTRY: "regionEntrance",
    AOILEAVE: "regionExit",
    PASSLINECOUNT: "objectCounting",
    TRAFFIC: "objectCounting",
    FALLING: "fallingObject",
    EA: "twoWheeler",
    VSD: "videoMetadata",
    FIRE: "fire",
    TEMPERATURE: "temperature",
    PVD: "parking",
    LOITER: "loitering",
    ASD: "audio",
    SMD: "motion",
    CROWDGATHERING: "gathering",
    regionIntrusion: "intrusion",
    lineCrossing: "lineCrossing",
    targetCountingByLine: "objectCounting",
    targetCountingByArea: "objectCounting",
    videoMetadata: "videoMetadata",
    vehicle: "licensePlate",
    videoFaceDetect: "face",
  };
  for (const [smartType, type] of Object.entries(types)) {
    it(`${smartType} is ${type}`, () => {
      const event = only(camera.data(smartType));
      assert.equal(event.type, type);
      assert.equal(event.vendorType, smartType);
    });
  }
});

describe("decodePost: common fields", () => {
  it("names the device as in the post, with its MAC in one spelling", () => {
    assert.deepEqual(only(recorder.data("regionIntrusion", "")).device, {
      id: "58:5b:69:10:20:30",
      mac: "58:5b:69:10:20:30",
      name: "Recorder",
      host: "192.0.2.21",
    });
  });

  it("uses the sender's address if the post names no address", () => {
    assert.equal(only(camera.data("MOTION")).device.host, "192.0.2.99");
  });

  it("names the channel of a recorder, and 1 for a camera without one", () => {
    assert.equal(only(recorder.data("regionIntrusion", "")).channel.id, "2");
    assert.equal(only(camera.data("MOTION")).channel.id, "1");
  });

  it("keeps the microseconds of its time", () => {
    const xml = camera.data("MOTION").replace("1777882830123000", "1777882830123456");
    assert.equal(only(xml).time, "2026-05-04T08:20:30.123456Z");
  });

  it("keeps the vendor's fields as text, without the firmware's declarations and without images", () => {
    const event = only(newCamera.plate({ plate: "0012345", overview, crop }));
    assert.equal(event.details.plateCount, "1");
    assert.equal("types" in event.details, false);
    const [, item] = event.details.listInfo as Record<string, unknown>[];
    assert.equal(item?.plateNumber, "0012345");
    assert.equal(item.PlateConfidence, "9900");
    assert.doesNotMatch(JSON.stringify(event.details), /Base64Data/);
  });

  it("keeps a long text that is not an image", () => {
    const text = "weather report ".repeat(200).trim();
    assert.equal(only(camera.data("MOTION", `<note>${text}</note>`)).details.note, text);
  });

  it("decodes entities in names", () => {
    assert.equal(only(camera.data("MOTION", "<note>A &amp; B &#60;</note>")).details.note, "A & B <");
  });
});
