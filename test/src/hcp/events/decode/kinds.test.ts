import assert from "node:assert/strict";
import type { CommonEvent } from "../../../../../src/events";
import { decodeEvent, type DecodedEvent } from "../../../../../src/hcp/events/decode/event";
import { readPost } from "../../../../../src/hcp/events/decode/envelope";

function decoded(
  eventType: number,
  data: unknown,
  { ability = "", ...fields }: Record<string, unknown> = {},
): DecodedEvent {
  const event = {
    eventId: "k1",
    srcIndex: "8",
    srcType: "camera",
    eventType,
    status: 0,
    happenTime: "2026-03-02T09:00:00+01:00",
    data,
    ...fields,
  };
  const [message] = readPost(Buffer.from(JSON.stringify({ params: { ability, events: [event] } })));
  assert.ok(message);
  return decodeEvent(message, "hcp.example", 0);
}
const decode = (...args: Parameters<typeof decoded>): CommonEvent => decoded(...args).event;

describe("messages of access control (A.2.1)", () => {
  const data = {
    personId: "p-12",
    personCode: "0007",
    cardNo: "0012345678",
    checkInAndOutType: 1,
    picUri: "pic-9",
    temperatureData: "36.6",
    temperatureStatus: 1,
    wearMaskStatus: "2",
    readerIndexCode: "r1",
    readerName: "North reader",
  };

  it("have the admitted person, with the card as text", () => {
    const event = decode(198914, data, { ability: "event_acs", srcType: "door" });
    assert.equal(event.type, "access");
    assert.deepEqual(event.targets, [
      {
        label: "person",
        id: "p-12",
        attributes: {
          access: "granted",
          personCode: "0007",
          cardNo: "0012345678",
          attendance: "check-in",
          temperature: 36.6,
          temperatureStatus: "normal",
          mask: "no",
          readerId: "r1",
          readerName: "North reader",
        },
      },
    ]);
    assert.deepEqual(event.images, [{ kind: "face", mimeType: "image/jpeg", url: "pic-9" }]);
  });

  it("have the result for a person who was denied", () => {
    assert.equal(decode(197128, data).targets[0]?.attributes?.access, "denied");
  });

  for (const unknown of [-1, 0]) {
    it(`have no attendance with ${unknown}`, () => {
      const { attributes } = decode(198914, { ...data, checkInAndOutType: unknown }).targets[0] ?? {};
      assert.ok(attributes !== undefined && !("attendance" in attributes));
    });
  }

  it("have no person in an event of the door itself", () => {
    const withoutPerson = { personId: "", cardNo: "", checkInAndOutType: -1 };
    assert.deepEqual(decode(198913, withoutPerson, { srcType: "door" }).targets, []);
  });
});

describe("messages of number plates (A.2.2, A.2.3)", () => {
  it("have the plate as text", () => {
    const event = decode(131622, { plateNo: "0012E45" }, { ability: "event_veh" });
    assert.equal(event.type, "licensePlate");
    assert.deepEqual(event.targets, [{ label: "vehicle", plate: "0012E45" }]);
  });

  it("have a plate that arrives as a number as text", () => {
    assert.equal(decode(131622, { plateNo: 12345 }).targets[0]?.plate, "12345");
  });

  for (const none of [{}, "", null, "null"]) {
    it(`have a vehicle without plate if the plate is ${JSON.stringify(none)}`, () => {
      assert.deepEqual(decode(131622, { plateNo: none }).targets, [{ label: "vehicle" }]);
    });
  }

  for (const [code, matched] of [
    [130, true],
    [131, false],
  ] as const) {
    it(`have the match with a group of vehicles (${code})`, () => {
      const event = decode(code, { plateNo: "B-XY 12", vehicleGroupIndexCode: "g4" });
      assert.deepEqual(event.targets[0]?.attributes, { matched, vehicleGroupId: "g4" });
    });
  }
});

describe("messages of face comparison (A.2.4)", () => {
  const image = Buffer.from("ffd8ffd9", "hex");
  const candidate = {
    blacklist_id: "group-2",
    human_data: { face_picurl: "http://hcp.example/known.jpg", face_pic_data: image.toString("base64") },
    human_id: "person-5",
    reserve_field: { name: "A. Visitor" },
    similarity: 91,
  };
  const face = {
    URL: "http://hcp.example/captured.jpg",
    snap_pic_data: image.toString("base64"),
    age: { ageGroup: "MIDDLE" },
    faceRect: [{ height: 0.25, width: 0.125, x: 0.5, y: 0.25 }],
    temperature: { temperatureData: 36.4, temperatureStatus: 1 },
    mask: { wearMaskStatus: 2 },
    gender: { value: "1" },
    identify: { candidate },
  };
  const targetAttrs = { cameraIndexCode: "8", faceTime: "2026-03-02T09:00:00+01:00" };
  const data = { dataType: "faceMatch", alarmResult: { faces: [face], targetAttrs } };

  it("have face, candidate, box and image", () => {
    const event = decode(131659, data);
    assert.equal(event.type, "faceMatch");
    assert.deepEqual(event.targets, [
      {
        label: "face",
        id: "person-5",
        score: 0.91,
        box: { x: 0.5, y: 0.25, width: 0.125, height: 0.25 },
        attributes: {
          ageGroup: "MIDDLE",
          gender: "male",
          mask: "no",
          temperature: 36.4,
          temperatureStatus: "normal",
          name: "A. Visitor",
          groupId: "group-2",
        },
      },
    ]);
    assert.deepEqual(event.images, [
      { kind: "face", mimeType: "image/jpeg", data: image, url: "http://hcp.example/captured.jpg" },
    ]);
  });

  it("have no images in Base64 in the details", () => {
    assert.doesNotMatch(JSON.stringify(decode(131659, data).details), /pic_data/);
  });

  for (const [what, alarmResult] of [
    ["alarmResult as an array", [{ faces: [face] }]],
    ["faces as an object", { faces: face }],
    ["alarmResult as JSON text", JSON.stringify({ faces: [face] })],
    ["candidates in arrays", { faces: [{ ...face, identify: [{ candidate: [candidate] }] }] }],
  ] as const) {
    it(`may have ${what}`, () => {
      assert.equal(decode(131659, { alarmResult }).targets[0]?.id, "person-5");
    });
  }

  for (const gender of [{ value: 2 }, { value: "2" }, "2", 2]) {
    it(`may have the gender as ${JSON.stringify(gender)}`, () => {
      const event = decode(131659, { alarmResult: { faces: [{ ...face, gender }] } });
      assert.equal(event.targets[0]?.attributes?.gender, "female");
    });
  }

  const boxOf = (faceRect: unknown): unknown =>
    decode(131659, { alarmResult: { faces: [{ ...face, faceRect }] } }).targets[0]?.box;

  it("may have the box in thousandths, as an object, and as text", () => {
    const rect = { x: "500", y: 250, width: 400, height: 125 };
    assert.deepEqual(boxOf(rect), { x: 0.5, y: 0.25, width: 0.4, height: 0.125 });
  });

  it("clamp a box to the image", () => {
    assert.deepEqual(boxOf([{ x: 0.5, y: -0.25, width: 0.75, height: 0.5 }]), {
      x: 0.5,
      y: 0,
      width: 0.5,
      height: 0.25,
    });
  });

  it("have no box if it is empty or in pixels of an image of unknown size", () => {
    assert.equal(boxOf([{ x: 900, y: 700, width: 200, height: 300 }]), undefined);
    assert.equal(boxOf([{ x: 0, y: 0, width: 0, height: 0 }]), undefined);
  });

  for (const [similarity, score] of [
    [0.87, 0.87],
    ["87", 0.87],
    [1, 1],
    [100, 1],
  ] as const) {
    it(`have similarity ${JSON.stringify(similarity)} as ${score}`, () => {
      const identify = { candidate: { ...candidate, similarity } };
      assert.equal(
        decode(131659, { alarmResult: { faces: [{ ...face, identify }] } }).targets[0]?.score,
        score,
      );
    });
  }

  it("have the face alone for an unknown person", () => {
    const { identify, ...stranger } = face;
    assert.ok(identify);
    const [target] = decode(131659, { alarmResult: { faces: [stranger] } }).targets;
    assert.deepEqual([target?.label, target?.id, target?.attributes?.gender], ["face", undefined, "male"]);
  });
});

describe("messages of vehicles (A.2.5)", () => {
  const data = {
    gps: { longitude: "120.25", latitude: "30.5", direction: 90, speed: 42, speedUnit: 0, occurTime: "x" },
    vehicle: { plateNo: "B-US 1", ownerName: "City", phoneNo: "0049", vehicleType: "2" },
    urlList: [
      { format: "0", url: "http://hcp.example/1.jpg", expandInfo: { suffixName: "jpeg" } },
      { format: "0", url: "http://hcp.example/2.mp4", expandInfo: '{"mediaType":"VideoClip"}' },
      { format: "1", url: "AAAA" },
    ],
  };

  it("have position, owner and images, but no clips", () => {
    const event = decode(648, data, { srcType: "mobileVehicle", srcIndex: "v1", srcName: "Bus" });
    assert.deepEqual(event.targets, [
      {
        label: "vehicle",
        plate: "B-US 1",
        attributes: {
          longitude: 120.25,
          latitude: 30.5,
          heading: 90,
          speed: 42,
          speedUnit: "km/h",
          owner: "City",
          phone: "0049",
          vehicleType: "large",
        },
      },
    ]);
    assert.deepEqual(
      event.images.map(({ url }) => url),
      ["http://hcp.example/1.jpg"],
    );
    assert.deepEqual(event.device, { id: "v1", name: "Bus", host: "hcp.example" });
  });

  it("may have the position in hundredths of seconds of arc", () => {
    const gps = { ...data.gps, longitude: "43290000", latitude: -10980000 };
    const { attributes } = decode(648, { ...data, gps }).targets[0] ?? {};
    assert.deepEqual([attributes?.longitude, attributes?.latitude], [120.25, -30.5]);
  });

  it("have no type of vehicle if it is not set", () => {
    const vehicle = { ...data.vehicle, vehicleType: "-1" };
    const { attributes } = decode(648, { ...data, vehicle }).targets[0] ?? {};
    assert.ok(attributes !== undefined && !("vehicleType" in attributes));
  });
});

describe("messages of healthcare (A.2.6)", () => {
  it("have the person and the bed", () => {
    const event = decode(
      500041,
      { RoomNo: "12", BedNo: "2", PersonName: "B. Patient" },
      { srcType: "fallRadar" },
    );
    assert.deepEqual(event.targets, [
      { label: "person", attributes: { name: "B. Patient", room: "12", bed: "2" } },
    ]);
  });

  it("may be empty", () => {
    assert.deepEqual(decode(500046, {}, { srcType: "alarminput" }).targets, []);
  });
});

describe("messages that the guide does not document", () => {
  it("may name an image", () => {
    const { event, imageAddresses } = decoded(131331, { eventPicUri: "Vsm://PIC#1 " });
    assert.deepEqual(imageAddresses, [{ kind: "overview", store: "event", uri: "Vsm://PIC#1" }]);
    assert.equal(event.images[0]?.url, "Vsm://PIC#1");
  });
});
