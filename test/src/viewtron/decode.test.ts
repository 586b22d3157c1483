import assert from "node:assert/strict";
import type { CommonEvent } from "../../../src/events";
import { decodePost, type ViewtronPost } from "../../../src/viewtron";
import { IpcPosts } from "../../servers/viewtron/ipc-posts";
import { Ipc53Posts } from "../../servers/viewtron/ipc53-posts";
import { jpeg } from "../../servers/viewtron/jpeg";
import { NvrPosts } from "../../servers/viewtron/nvr-posts";
import { defaultIdentity } from "../../servers/viewtron/xml";

const takenAt = new Date("2026-05-04T08:20:30.123Z");
const receivedAt = new Date("2026-05-04T08:20:31.000Z");
const context = { sender: "192.0.2.99", receivedAt };
const now = (): Date => takenAt;
const camera = new IpcPosts(defaultIdentity, now);
const newCamera = new Ipc53Posts(defaultIdentity, now);
const recorder = new NvrPosts({ ...defaultIdentity, name: "Recorder" }, 2, now);
const overview = jpeg(300_000);
const crop = jpeg(2000);

function decode(xml: string): ViewtronPost {
  return decodePost(Buffer.from(xml), context);
}
function only(xml: string): CommonEvent {
  const { events } = decode(xml);
  assert.equal(events.length, 1);
  return events[0] as CommonEvent;
}

describe("decodePost: which post it is", () => {
  const zone = {
    by: "zone",
    eventId: 320,
    targetId: 30,
    targetType: "1",
    box: { x1: 0, y1: 0, x2: 5000, y2: 5000 },
  } as const;

  it("tells cameras up to firmware 5.2, cameras from 5.3.1 on and recorders apart, whatever version they claim", () => {
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
    it(`knows ${what} for a heartbeat`, () => {
      const { kind, events } = decode(xml);
      assert.equal(kind, "heartbeat");
      assert.deepEqual(
        events.map(({ type }) => type),
        ["heartbeat"],
      );
    });
  }

  it("says who sent a heartbeat", () => {
    assert.deepEqual(only(camera.heartbeat()).device, {
      id: "58:5b:69:10:20:30",
      mac: "58:5b:69:10:20:30",
      name: "Yard",
      host: "192.0.2.21",
      serial: "I10203040ABC",
    });
  });

  it("emits a post of no known structure as unknown, with everything in it", () => {
    const event = only(
      '<config version="1.7"><brandNew><value type="uint32">007</value></brandNew></config>',
    );
    assert.equal(event.type, "unknown");
    assert.deepEqual(event.details, { brandNew: { value: "007" } });
  });

  it("emits a smartType that nobody knows as unknown, by its own name", () => {
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
    PVD: "illegalParking",
    LOITER: "loitering",
    ASD: "audio",
    SMD: "motion",
    CROWDGATHERING: "peopleDensity",
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

describe("decodePost: what all events have", () => {
  it("has the device as the post names it, its MAC in one spelling", () => {
    assert.deepEqual(only(recorder.data("regionIntrusion", "")).device, {
      id: "58:5b:69:10:20:30",
      mac: "58:5b:69:10:20:30",
      name: "Recorder",
      host: "192.0.2.21",
    });
  });

  it("has the sender's address where the post names no address", () => {
    assert.equal(only(camera.data("MOTION")).device.host, "192.0.2.99");
  });

  it("has the channel of a recorder, and 1 for a camera that names none", () => {
    assert.equal(only(recorder.data("regionIntrusion", "")).channel.id, "2");
    assert.equal(only(camera.data("MOTION")).channel.id, "1");
  });

  it("keeps the microseconds of its time", () => {
    const xml = camera.data("MOTION").replace("1777882830123000", "1777882830123456");
    assert.equal(only(xml).time, "2026-05-04T08:20:30.123456Z");
  });

  it("keeps the vendor's fields as text, without the firmware's declarations and without pictures", () => {
    const event = only(newCamera.plate({ plate: "0012345", overview, crop }));
    assert.equal(event.details.plateCount, "1");
    assert.equal("types" in event.details, false);
    const [, item] = event.details.listInfo as Record<string, unknown>[];
    assert.equal(item?.plateNumber, "0012345");
    assert.equal(item?.PlateConfidence, "9900");
    assert.doesNotMatch(JSON.stringify(event.details), /Base64Data/);
  });

  it("keeps a long text that is no picture", () => {
    const text = "weather report ".repeat(200).trim();
    assert.equal(only(camera.data("MOTION", `<note>${text}</note>`)).details.note, text);
  });

  it("decodes entities in names", () => {
    assert.equal(only(camera.data("MOTION", "<note>A &amp; B &#60;</note>")).details.note, "A & B <");
  });
});

describe("decodePost: plates", () => {
  for (const plate of ["0012345", "1E10", "0x1F", "12E4567"]) {
    it(`keeps ${plate} as text, of every dialect`, () => {
      for (const xml of [
        camera.plate({ plate }),
        newCamera.plate({ plate }),
        recorder.plate({ plate, box: { x1: 1, y1: 1, x2: 2, y2: 2 } }),
      ]) {
        assert.deepEqual(
          only(xml).targets.map((target) => target.plate),
          [plate],
        );
      }
    });
  }

  for (const listType of ["whiteList", "blackList", "temporaryList", "strangerList"]) {
    it(`says that a plate is on the ${listType}`, () => {
      assert.equal(only(camera.plate({ plate: "K", listType })).targets[0]?.attributes?.listType, listType);
      assert.equal(
        only(newCamera.plate({ plate: "K", listType })).targets[0]?.attributes?.listType,
        listType,
      );
    });
  }

  it("names no list for a plate that is on none", () => {
    assert.equal("listType" in (only(camera.plate({ plate: "K" })).targets[0]?.attributes ?? {}), false);
  });

  it("names a recorder's group and owner", () => {
    const xml = recorder.plate({
      plate: "K",
      group: "Residents",
      owner: "Ms Gray",
      box: { x1: 0, y1: 0, x2: 9, y2: 9 },
    });
    const attributes = only(xml).targets[0]?.attributes;
    assert.equal(attributes?.group, "Residents");
    assert.equal(attributes.owner, "Ms Gray");
  });

  it("has confidence, direction, vehicle and box of firmware 5.3.1", () => {
    const target = only(newCamera.plate({ plate: "K", direction: "away", confidence: 9750 })).targets[0];
    assert.equal(target?.score, 0.975);
    assert.equal(target.label, "car");
    assert.equal(target.id, "10");
    assert.deepEqual(target.box, { x: 0.75, y: 0.2, width: 0.07, height: 0.06 });
    assert.equal(target.attributes?.direction, "away");
    assert.deepEqual(target.attributes.vehicle, {
      type: "saloon car",
      color: "white",
      brand: "Skoda",
      model: "Octavia",
    });
    assert.deepEqual(target.attributes.vehicleBox, { x: 0.5, y: 0.5, width: 0.25, height: 0.25 });
  });

  it("takes a recorder's rectangle in pixels of the picture, whose size it finds in the picture", () => {
    const xml = recorder.plate({ plate: "K", box: { x1: 16, y1: 9, x2: 32, y2: 18 }, overview, crop });
    const target = only(xml).targets[0];
    assert.deepEqual(target?.box, { x: 0.25, y: 0.25, width: 0.25, height: 0.25 });
    assert.deepEqual(target.attributes?.vehicle, {
      type: "van",
      color: "red",
      brand: "Ford",
      model: "Transit",
    });
    assert.equal("vehicleBox" in target.attributes, false);
  });

  it("has the overview first and then the plate, of every dialect", () => {
    for (const xml of [
      camera.plate({ plate: "K", overview, crop }),
      newCamera.plate({ plate: "K", overview, crop }),
      recorder.plate({ plate: "K", overview, crop, box: { x1: 0, y1: 0, x2: 9, y2: 9 } }),
    ]) {
      const { images } = only(xml);
      assert.deepEqual(
        images.map(({ kind }) => kind),
        ["overview", "plate"],
      );
      assert.ok(images[0]?.data?.equals(overview));
      assert.ok(images[1]?.data?.equals(crop));
    }
  });

  it("falls back to the receipt time for the 20 digits that recorders send with plates", () => {
    const xml = recorder.plate({
      plate: "K",
      box: { x1: 0, y1: 0, x2: 9, y2: 9 },
      currentTime: "18445822972087551616",
    });
    assert.equal(only(xml).time, receivedAt.toISOString());
  });

  it("has every plate of a list", () => {
    const item = (plate: string): string => `<item><plateNumber>${plate}</plateNumber></item>`;
    const event = only(
      camera.data("VEHICE", `<listInfo type="list" count="1">${item("A1")}${item("B2")}</listInfo>`),
    );
    assert.deepEqual(
      event.targets.map(({ plate }) => plate),
      ["A1", "B2"],
    );
  });
});

describe("decodePost: targets", () => {
  const box = { x1: 1000, y1: 2000, x2: 3000, y2: 6000 };
  const post = { eventId: 320, targetId: 30, targetType: "1", box, overview, crop };

  it("is an intrusion by a zone and a line crossing by a line, though both are PEA", () => {
    assert.equal(only(camera.perimeter({ ...post, by: "zone" })).type, "intrusion");
    assert.equal(only(camera.perimeter({ ...post, by: "line" })).type, "lineCrossing");
  });

  it("joins the place of a target and its type, which are in two lists", () => {
    assert.deepEqual(only(camera.perimeter({ ...post, by: "zone" })).targets, [
      { label: "person", id: "30", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } },
    ]);
    assert.deepEqual(
      only(recorder.target({ ...post, smartType: "regionIntrusion", targetType: "motor" })).targets,
      [{ label: "motor", id: "30", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } }],
    );
  });

  for (const [number, label] of Object.entries({ 1: "person", 2: "car", 4: "motor" })) {
    it(`calls target type ${number} ${label}`, () => {
      assert.equal(
        only(camera.perimeter({ ...post, by: "zone", targetType: number })).targets[0]?.label,
        label,
      );
    });
  }

  for (const [status, state] of Object.entries({
    SMART_START: "start",
    SMART_PROCEDURE: "update",
    SMART_STOP: "end",
    SMART_NONE: "pulse",
  })) {
    it(`takes ${status} for ${state}`, () => {
      assert.equal(only(camera.perimeter({ ...post, by: "zone", status })).state, state);
    });
  }

  it("has the same id for all posts of one event", () => {
    const id = (status: string): string => only(camera.perimeter({ ...post, by: "zone", status })).id;
    assert.equal(id("SMART_START"), id("SMART_STOP"));
  });

  it("has no box for the zeros of a counting line", () => {
    const [target] = only(
      recorder.target({ ...post, smartType: "targetCountingByLine", box: { x1: 0, y1: 0, x2: 0, y2: 0 } }),
    ).targets;
    assert.equal(target?.id, "30");
    assert.equal(target.box, undefined);
  });

  it("clamps a box that stands out of the picture", () => {
    const [target] = only(
      camera.perimeter({ ...post, by: "zone", box: { x1: 9000, y1: 0, x2: 12000, y2: 10000 } }),
    ).targets;
    assert.deepEqual(target?.box, { x: 0.9, y: 0, width: 0.1, height: 1 });
  });

  it("has overview and crop with their sizes", () => {
    assert.deepEqual(
      only(camera.perimeter({ ...post, by: "zone" })).images.map(({ data, ...image }) => [
        image,
        data?.length,
      ]),
      [
        [{ kind: "overview", mimeType: "image/jpeg", width: 64, height: 36 }, overview.length],
        [{ kind: "target", mimeType: "image/jpeg", width: 64, height: 36 }, crop.length],
      ],
    );
  });

  it("finds the pictures of video metadata in their own block", () => {
    const event = only(camera.metadata({ overview, crop }));
    assert.equal(event.type, "videoMetadata");
    assert.deepEqual(
      event.images.map(({ kind }) => kind),
      ["overview", "target"],
    );
    assert.deepEqual(event.targets, [{ label: "car" }]);
  });

  it("reports the running position of a target as an update of video metadata", () => {
    const { kind, events } = decode(camera.tracks({ targetId: 434, targetType: "person", box }));
    assert.equal(kind, "tracks");
    assert.equal(events[0]?.type, "videoMetadata");
    assert.equal(events[0].vendorType, "traject");
    assert.equal(events[0].state, "update");
    assert.deepEqual(events[0].targets, [
      { label: "person", id: "434", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } },
    ]);
  });
});

describe("decodePost: faces", () => {
  it("has a face with its looks, crop and place", () => {
    const event = only(
      recorder.face({ targetId: 50, box: { x1: 640, y1: 180, x2: 768, y2: 308 }, overview, crop }),
    );
    assert.deepEqual(event.targets, [
      {
        label: "face",
        id: "50",
        // In pixels: in ten thousandths this face would be 16 pixels wide, and its crop 184.
        box: { x: 0.5, y: 0.25, width: 0.1, height: 0.177778 },
        attributes: { age: "middleAged", sex: "male", glasses: "no", mask: "unknown" },
      },
    ]);
    assert.deepEqual(
      event.images.map(({ kind }) => kind),
      ["overview", "face"],
    );
  });

  it("takes a recorder's face in ten thousandths where that fits its crop", () => {
    const box = { x1: 4000, y1: 2000, x2: 5000, y2: 4000 };
    const [target] = only(recorder.face({ targetId: 1, box, overview, crop })).targets;
    assert.deepEqual(target?.box, { x: 0.4, y: 0.2, width: 0.1, height: 0.2 });
  });

  it("finds a camera's crop under the name of an overview, and one item where two are announced", () => {
    const event = only(
      camera.face({ targetId: 15, box: { x1: 4000, y1: 1000, x2: 6000, y2: 5000 }, overview, crop }),
    );
    assert.equal(event.targets.length, 1);
    assert.deepEqual(
      event.images.map(({ kind, data }) => [kind, data?.length]),
      [
        ["overview", overview.length],
        ["face", crop.length],
      ],
    );
  });

  it("has who was matched, on which list and how well", () => {
    const event = only(
      camera.faceMatch({
        name: "Ada",
        listType: "whiteList",
        similarity: 82,
        snap: crop,
        album: crop,
        overview,
      }),
    );
    assert.equal(event.type, "faceMatch");
    assert.deepEqual(event.targets, [
      {
        label: "face",
        id: "4711",
        score: 0.82,
        attributes: { matched: true, listType: "whiteList", name: "Ada", sex: "female", age: "28" },
      },
    ]);
    assert.deepEqual(
      event.images.map(({ kind, width }) => [kind, width]),
      [
        ["overview", 64],
        ["face", 64],
        ["face", 64],
      ],
    );
  });
});

describe("decodePost: counts", () => {
  it("has the counters of a line as numbers, by direction and label", () => {
    const event = only(camera.counting({ enterPersons: 2400, leavePersons: 2397, targetId: 9 }));
    assert.deepEqual(event.details.counts, {
      enter: { car: 7, person: 2400, motor: 1 },
      leave: { car: 5, person: 2397, motor: 0 },
    });
    assert.deepEqual(event.targets, [{ label: "person", id: "9" }]);
  });

  it("has no picture for an announced length without data", () => {
    assert.deepEqual(only(camera.counting({ enterPersons: 1, leavePersons: 0, targetId: 9 })).images, []);
  });
});

describe("decodePost: pictures", () => {
  it("takes a raw picture for what it is", () => {
    const xml = `<sourceDataInfo><dataType>1</dataType><width>2</width><height>2</height><sourceBase64Data>${Buffer.from("yuvyuv").toString("base64")}</sourceBase64Data></sourceDataInfo>`;
    const [image] = only(camera.data("MOTION", xml)).images;
    assert.equal(image?.mimeType, "application/octet-stream");
    assert.equal(image.data?.toString(), "yuvyuv");
  });

  it("has no picture for a text that is no base64", () => {
    const xml = "<sourceDataInfo><sourceBase64Data>BASE64_PICTURE_HERE</sourceBase64Data></sourceDataInfo>";
    assert.deepEqual(only(camera.data("MOTION", xml)).images, []);
  });

  it("finds the pictures of an event it does not know", () => {
    const xml = `<novelty><sourceBase64Data>${crop.toString("base64")}</sourceBase64Data></novelty>`;
    assert.deepEqual(
      only(camera.data("HOVERBOARD", xml)).images.map(({ kind, data }) => [kind, data?.length]),
      [["target", crop.length]],
    );
  });
});

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

describe("decodePost: what no camera sends", () => {
  const invalid = { code: "VIEWTRON_XML_INVALID" };
  const refused: Record<string, string> = {
    "text that is no XML": "plain words",
    JSON: '{"smartType":"PEA"}',
    "a tag that is never closed": "<config><smartType>PEA</config>",
    "a body that breaks off": camera.metadata({ overview, crop }).slice(0, 20_000),
    "a document type": '<!DOCTYPE config [<!ENTITY a "aaaa">]><config>&a;</config>',
    "an entity bomb in a document type": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${"b".repeat(50)}"><!ENTITY c "&a;&a;">]><config>&c;</config>`,
    "an element named like what objects are built on":
      "<config><__proto__><polluted>yes</polluted></__proto__></config>",
    "deep nesting": `${"<a>".repeat(500)}x${"</a>".repeat(500)}`,
    "masses of tags": `<config>${"<a>1</a>".repeat(100_000)}</config>`,
    "control characters": "<config><smartType>\u00010</smartType></config>",
  };
  for (const [what, xml] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode(xml), invalid);
    });
  }

  it("reads a body with a byte order mark and zero bytes at its end", () => {
    assert.equal(only(`\uFEFF${camera.data("MOTION")}\0\0`).type, "motion");
  });
});
