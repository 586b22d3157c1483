import assert from "node:assert/strict";
import { readAlert, type Alert } from "../../../../src/isapi/alerts/alert";
import type { Part } from "../../../../src/isapi/stream/part-parser";
import { alertJson, alertXml, type AlertFields } from "../../../servers/isapi/alerts";

const now = Date.parse("2025-03-04T03:06:08.000Z");

const read = (kind: Part["kind"], body: string, headers: Record<string, string> = {}): Alert =>
  readAlert({ kind, headers, body: Buffer.from(body) }, { host: "camera.test", now });
const xml = (fields: AlertFields = {}, inner = ""): Alert => read("xml", alertXml(fields, inner));
const json = (fields: AlertFields = {}): Alert => read("json", alertJson(fields));

describe("readAlert", () => {
  for (const [vendorType, type] of [
    ["VMD", "motion"],
    ["linedetection", "lineCrossing"],
    ["fielddetection", "intrusion"],
    ["fieldDetection", "intrusion"],
    ["regionEntrance", "regionEntrance"],
    ["regionExiting", "regionExit"],
    ["shelteralarm", "tamper"],
    ["tamperdetection", "tamper"],
    ["videoloss", "videoLoss"],
    ["IO", "alarmInput"],
    ["diskfull", "storage"],
    ["PERSON_DENSITY_DETECTION", "peopleDensity"],
    ["ANPR", "licensePlate"],
    ["fireDetection", "fire"],
    ["TMA", "temperature"],
    ["TMPA", "temperature"],
    ["TPMA", "temperature"],
    ["somethingNew", "unknown"],
  ] as const) {
    it(`maps ${vendorType} to ${type}`, () => {
      const alert = xml({ eventType: vendorType });
      assert.deepEqual([alert.type, alert.vendorType], [type, vendorType]);
    });
  }

  it("reads an alert of any namespace, with a prefix or without one", () => {
    const prefixed = read(
      "xml",
      '<ns:EventNotificationAlert xmlns:ns="http://www.std-cgi.com/ver20/XMLSchema"><ns:eventType>VMD</ns:eventType>' +
        "<ns:channelID>7</ns:channelID></ns:EventNotificationAlert>",
    );
    assert.deepEqual([prefixed.type, prefixed.rawChannel], ["motion", "7"]);
  });

  it("reads a temperature alarm that compares two areas as a temperature difference", () => {
    assert.equal(
      xml({ eventType: "TMA", ruleType: "temp diff is higher than" }).type,
      "temperatureDifference",
    );
    assert.equal(xml({ eventType: "TMA", ruleType: "highest temp is higher than" }).type, "temperature");
  });

  it("reads the bell of a door station as doorbell, and its other events as access", () => {
    const at = (subEventType: number): string =>
      json({
        eventType: "AccessControllerEvent",
        AccessControllerEvent: { majorEventType: 5, subEventType, doorNo: 1 },
      }).type;
    assert.deepEqual([at(37), at(75)], ["doorbell", "access"]);
  });

  it("reads a duration event as the event that it continues", () => {
    const alert = xml(
      { eventType: "duration" },
      "<DurationList><Duration><relationEvent>linedetection</relationEvent></Duration></DurationList>",
    );
    assert.deepEqual([alert.type, alert.vendorType], ["lineCrossing", "linedetection"]);
    assert.equal(alert.key, xml({ eventType: "lineDetection" }).key);
  });

  it("keeps text as text: plates, numbers with leading zeros, a lone &", () => {
    const alert = xml(
      { eventType: "ANPR", channelName: "Gate & Yard &#38; &lt;1&gt;" },
      "<ANPR><licensePlate>0012345</licensePlate></ANPR>",
    );
    assert.equal(alert.targets[0]?.plate, "0012345");
    assert.equal(alert.channelName, "Gate & Yard & <1>");
    const exponent = xml({ eventType: "ANPR" }, "<ANPR><licensePlate>12E4567</licensePlate></ANPR>");
    assert.equal(exponent.targets[0]?.plate, "12E4567");
  });

  it("reads a plate's confidence and colours, and omits a plate that the camera could not read", () => {
    const alert = xml(
      { eventType: "ANPR" },
      "<ANPR><licensePlate>unknown</licensePlate><confidenceLevel>87</confidenceLevel><plateColor>white</plateColor>" +
        "<vehicleInfo><color>red</color></vehicleInfo></ANPR>",
    );
    assert.deepEqual(alert.targets, [
      { label: "vehicle", score: 0.87, attributes: { plateColor: "white", vehicleColor: "red" } },
    ]);
    assert.equal(alert.momentary, true);
  });

  describe("channel", () => {
    it("is channelID, or dynChannelID if that is empty or missing", () => {
      assert.equal(xml({ channelID: 4, dynChannelID: 36 }).rawChannel, "4");
      assert.equal(xml({ channelID: "", dynChannelID: 36 }).rawChannel, "36");
      assert.equal(xml({ channelID: undefined as never, dynChannelID: 7 }).rawChannel, "7");
    });

    it("is the number of an alarm input, which starts at 501 for a recorder's cameras", () => {
      assert.equal(xml({ eventType: "IO", inputIOPortID: 3 }).rawChannel, "3");
      assert.equal(xml({ eventType: "IO", inputIOPortID: 502 }).rawChannel, "2");
    });
  });

  describe("targets", () => {
    const region = (target: string, rect: string): string =>
      `<DetectionRegionEntry><regionID>1</regionID>${target}<TargetRect>${rect}</TargetRect></DetectionRegionEntry>`;

    it("are read from detectionTarget or targetType of the alert", () => {
      assert.deepEqual(xml({ detectionTarget: "human" }).targets, [{ label: "human" }]);
      assert.deepEqual(xml({ targetType: "Vehicle" }).targets, [{ label: "vehicle" }]);
    });

    it("are read from one region or several, with boxes in 0..1 or 0..1000", () => {
      const inner = `<DetectionRegionList>${region(
        "<detectionTarget>human</detectionTarget>",
        "<X>0.25</X><Y>0.5</Y><width>0.25</width><height>0.5</height>",
      )}${region("", "<x>250</x><y>500</y><width>250</width><height>1400</height>")}</DetectionRegionList>`;
      assert.deepEqual(xml({}, inner).targets, [
        { label: "human", box: { x: 0.25, y: 0.5, width: 0.25, height: 0.5 } },
        { label: "unknown", box: { x: 0.25, y: 0.5, width: 0.25, height: 0.5 } },
      ]);
    });

    it("are read from JSON results", () => {
      const alert = json({
        personDensityResult: [
          { Target: [{ recognitionType: "human", TargetInfo: { dataSource: "trigger" } }] },
        ],
      });
      assert.deepEqual(alert.targets, [{ label: "human", attributes: { dataSource: "trigger" } }]);
      const other = json({ fallResult: [{ Target: [{ recognitionType: "human" }] }] });
      assert.deepEqual(other.targets, [{ label: "human" }]);
    });

    it("are faces with the matching persons", () => {
      const alert = json({
        eventType: "alarmResult",
        alarmResult: [
          {
            faces: [
              {
                faceRect: { x: 0.5, y: 0.25, width: 0.25, height: 0.25 },
                identify: [
                  { candidate: [{ human_id: "17", similarity: 0.93, reserve_field: { name: "A. Person" } }] },
                ],
              },
            ],
          },
        ],
      });
      assert.equal(alert.type, "faceMatch");
      assert.deepEqual(alert.targets, [
        {
          label: "face",
          box: { x: 0.5, y: 0.25, width: 0.25, height: 0.25 },
          id: "17",
          score: 0.93,
          attributes: { name: "A. Person" },
        },
      ]);
    });
  });

  for (const [dataSource, momentary] of [
    ["PDC", true],
    ["timing", true],
    ["trigger", false],
    ["PQA", false],
    ["DSA", false],
  ] as const) {
    it(`reads a people density of ${dataSource} as ${momentary ? "statistics" : "an alarm"}`, () => {
      assert.equal(
        json({ personDensityResult: [{ Target: [{ TargetInfo: { dataSource } }] }] }).momentary,
        momentary,
      );
    });
  }

  for (const [fields, heartbeat] of [
    [{ eventType: "videoloss", eventState: "inactive", activePostCount: 1, channelID: "" }, true],
    [{ eventType: "videoloss", eventState: "active" }, false],
    [{ eventType: "heartBeat", eventState: "active" }, true],
    [{ eventType: "other", eventState: "active", eventDescription: "Heartbeat" }, true],
    [{ eventType: "other", eventState: "active" }, false],
    [{ eventType: "cidEvent", eventState: "inactive" }, true],
    [{ eventType: "VMD", eventState: "inactive" }, false],
  ] as const) {
    it(`reads ${fields.eventType}/${fields.eventState} ${heartbeat ? "as a heartbeat" : "as an event"} (${JSON.stringify(fields)})`, () => {
      assert.equal(xml(fields).heartbeat, heartbeat);
    });
  }

  it("reads the announced images", () => {
    const { images } = xml(
      { eventType: "ANPR" },
      "<ANPR><pictureInfoList><pictureInfo><fileName>licensePlatePicture.jpg</fileName></pictureInfo>" +
        "<pictureInfo><fileName>detectionPicture.jpg</fileName></pictureInfo></pictureInfoList></ANPR>",
    );
    assert.equal(images.expected, 2);
    assert.deepEqual(
      [...images.names],
      [
        ["detectionpicture", "overview"],
        ["licenseplatepicture", "plate"],
      ],
    );
    const byUrl = xml({
      detectionPictureTransType: "url",
      detectionPicturesNumber: 1,
      bkgUrl: "http://192.0.2.64/p?a=1",
    });
    assert.deepEqual(byUrl.images.urls, [{ url: "http://192.0.2.64/p?a=1", kind: "overview" }]);
  });

  for (const field of "contentID pId picId picName fileName filename imageName pictureName".split(" ")) {
    it(`knows an image by its ${field}`, () => {
      const { images } = xml({ channelID: 1 }, `<${field}>shot7.jpg</${field}>`);
      assert.deepEqual([...images.names.keys()], ["shot7"]);
    });
  }

  it("reads JSON with a single root field", () => {
    assert.equal(read("json", `{"EventNotificationAlert":${alertJson()}}`).type, "peopleDensity");
  });

  it("keeps an unknown vendor type as unknown, with its details", () => {
    const alert = read("json", '{"NewThing":{"a":"1"},"b":2}');
    assert.deepEqual(
      [alert.type, alert.vendorType, alert.details],
      ["unknown", "NewThing", { NewThing: { a: "1" }, b: 2 }],
    );
  });

  it("rejects invalid and unsafe documents", () => {
    for (const body of [
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      `<a>${"<b>".repeat(100)}${"</b>".repeat(100)}</a>`,
      "<a><__proto__>1</__proto__></a>",
    ]) {
      assert.throws(() => read("xml", body), { code: "ISAPI_REPLY" });
    }
    assert.throws(() => read("json", "{"), { code: "ISAPI_REPLY" });
  });
});
