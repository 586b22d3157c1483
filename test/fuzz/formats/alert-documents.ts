import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes } from "../support/mutate";
import type { Random } from "../support/random";
import { element, fieldsOf, mutateXml, writeDocument } from "../support/xml";

const rect = { X: "0.2", Y: "0.3", width: "0.1", height: "0.2" };
const points = [
  { positionX: "100", positionY: "100" },
  { positionX: "900", positionY: "800" },
];
const common = {
  ipAddress: "192.0.2.7",
  macAddress: "00:00:5e:00:53:07",
  channelID: "1",
  dateTime: "2026-05-04T08:20:30+02:00",
  activePostCount: "1",
};
/** The fields of one alert of each kind, as devices send them. */
const alerts: readonly Record<string, unknown>[] = [
  { eventType: "VMD", eventState: "active", eventDescription: "Motion alarm" },
  {
    eventType: "linedetection",
    eventState: "active",
    DetectionRegionList: {
      DetectionRegionEntry: {
        regionID: "1",
        RegionCoordinatesList: { RegionCoordinates: points },
        TargetRect: rect,
      },
    },
  },
  {
    eventType: "ANPR",
    eventState: "active",
    ANPR: {
      licensePlate: "0012345",
      confidenceLevel: "97",
      plateRect: rect,
      vehicleRect: rect,
      vehicleInfo: { color: "white", speed: "30" },
      pictureInfoList: {
        pictureInfo: { fileName: "plate.jpg", type: "licensePlatePicture", vehicelRect: rect },
      },
    },
  },
  {
    eventType: "mixedTargetDetection",
    eventState: "active",
    CaptureResult: [
      {
        targetID: "4",
        Human: { Rect: rect, Property: [{ description: "gender", value: "male" }], contentID: "human_1" },
        Vehicle: { Rect: rect, PlateInfo: { plateNo: "AB123" } },
      },
    ],
  },
  {
    eventType: "TMA",
    eventState: "active",
    DetectionRegionList: {
      DetectionRegionEntry: {
        regionID: "1",
        RegionCoordinatesList: { RegionCoordinates: points },
        TMA: {
          thermometryUnit: "celsius",
          ruleTemperature: "60",
          currTemperature: "71.5",
          presetNo: "1",
          ruleType: "highestTemp",
        },
      },
    },
  },
  {
    eventType: "fireDetection",
    eventState: "active",
    DetectionRegionList: {
      DetectionRegionEntry: {
        regionID: "1",
        FireDetection: { fireMaxTemperature: "310", targetDistance: "30", FireRegion: rect },
      },
    },
  },
  {
    eventType: "PERSON_DENSITY_DETECTION",
    eventState: "active",
    personDensityResult: {
      Target: {
        recognitionType: "human",
        TargetInfo: { dataSource: "PQA", targetID: "2", PQA: { alarmCount: "5", Region: points } },
      },
    },
  },
  {
    eventType: "AccessControllerEvent",
    AccessControllerEvent: { majorEventType: "5", subEventType: "37", picturesNumber: "1" },
  },
  { eventType: "duration", eventState: "active", DurationList: { Duration: { relationEvent: "VMD" } } },
  {
    eventType: "IO",
    eventState: "active",
    inputIOPortID: "501",
    detectionPictureTransType: "url",
    bkgUrl: "/pic/1",
  },
  { eventType: "videoloss", eventState: "inactive", channelID: "0" },
];

/** Makes an alert, as XML or JSON, mostly with one to three changes. */
export function alertDocument(
  random: Random,
  changes = random.below(4),
): { kind: "xml" | "json"; body: Buffer } {
  const fields = { ...common, ...structuredClone(random.pick(alerts)) };
  const damage = (body: Buffer): Buffer =>
    changes > 0 && random.chance(0.05) ? damageBytes(body, random) : body;
  if (random.chance(0.5)) {
    const root = element("EventNotificationAlert", fieldsOf(fields), { version: "2.0" });
    for (let count = 0; count < changes; count += 1) mutateXml(root, random);
    return { kind: "xml", body: damage(writeDocument(root, random)) };
  }
  let json = jsonOf(random.chance(0.2) ? { EventNotificationAlert: fields } : fields);
  for (let count = 0; count < changes; count += 1) json = mutateJson(json, random);
  return { kind: "json", body: damage(Buffer.from(writeJson(json))) };
}
