/**
 * The parts of alerts beside the common fields, with invented values. Sources: the thermal guide's special events, the
 * camera guide's people density, and captures from thermal, people-density and plate cameras.
 */

const points = (corners: readonly (readonly [number, number])[]): string =>
  `<RegionCoordinatesList>${corners
    .map(
      ([x, y]) =>
        `<RegionCoordinates><positionX>${x}</positionX><positionY>${y}</positionY></RegionCoordinates>`,
    )
    .join("")}</RegionCoordinatesList>`;

export interface Fire {
  x: number;
  y: number;
  width: number;
  height: number;
  temperature: number;
  unit?: string;
  /** Metres; -1: not measured. */
  distance?: number;
}

/** Returns one region per fire. */
export function fireRegions(...fires: Fire[]): string {
  return `<DetectionRegionList>${fires
    .map(
      ({ x, y, width, height, temperature, unit = "celsius", distance = -1 }, index) =>
        `<DetectionRegionEntry><regionID>${index + 1}</regionID>` +
        points([
          [x, y],
          [x + width, y],
          [x + width, y + height],
          [x, y + height],
        ]) +
        `<FireDetection><FireRegion><x>${x}</x><y>${y}</y><width>${width}</width><height>${height}</height></FireRegion>` +
        `<HighestPoint><x>${x + width}</x><y>${y}</y></HighestPoint><temperatureUnit>${unit}</temperatureUnit>` +
        `<fireMaxTemperature>${temperature}</fireMaxTemperature><targetDistance>${distance}</targetDistance>` +
        `<AbsoluteHigh><elevation>0</elevation><azimuth>0</azimuth><absoluteZoom>0</absoluteZoom></AbsoluteHigh>` +
        `</FireDetection></DetectionRegionEntry>`,
    )
    .join("")}</DetectionRegionList>`;
}

export interface TemperatureAlarm {
  id?: number;
  ruleType?: string;
  shape?: "point" | "line" | "region";
  unit?: string;
  threshold?: number;
  current?: number;
  corners?: readonly (readonly [number, number])[];
}

/** Returns one region per rule, with its values in an element with the alarm's name. */
export function temperatureRegions(name: "TMA" | "TMPA", ...alarms: TemperatureAlarm[]): string {
  return `<DetectionRegionList>${alarms
    .map(
      ({ id = 1, ruleType = "highest temp is higher than", shape = "region", unit = "celsius", ...alarm }) =>
        `<DetectionRegionEntry><regionID>${id}</regionID>${points(alarm.corners ?? [])}<${name}>` +
        `<ruleName>Motor ${id}</ruleName><thermometryUnit>${unit}</thermometryUnit>` +
        `<ruleTemperature>${alarm.threshold ?? 80}</ruleTemperature>` +
        `<currTemperature>${alarm.current ?? 91.5}</currTemperature>` +
        `<ruleCalibType>${shape}</ruleCalibType><ruleType>${ruleType}</ruleType></${name}></DetectionRegionEntry>`,
    )
    .join("")}</DetectionRegionList>`;
}

/** Returns a temperature difference in JSON, with both areas, as from cameras on a pan-tilt head. */
export function temperatureDifference(unit: string, threshold: number, current: number): object {
  const area = (alarmID: number, x: number): object => ({
    alarmID,
    RegionCoordinatesList: [
      [x, 0.25],
      [x + 0.25, 0.25],
      [x + 0.25, 0.5],
    ].map(([positionX, positionY]) => ({ RegionCoordinates: { positionX, positionY } })),
  });
  const TDA = {
    ...{ thermometryUnit: unit, ruleTemperatureDiff: threshold, currTemperatureDiff: current },
    ...{ ruleCalibType: "region", alarmType: "MaxTemperature", alarmRule: "greater", presetNo: 3 },
  };
  return {
    eventType: "TDA",
    eventDescription: "Temperature Diff Alarm",
    DetectionRegionList: [{ DetectionRegionEntry: { AlarmRuleList: [area(1, 0), area(2, 0.5)], TDA } }],
  };
}

export type DataSource = "PDC" | "timing" | "trigger" | "PQA" | "DSA";

const Region = [
  { x: 0.125, y: 0.25 },
  { x: 0.625, y: 0.25 },
  { x: 0.625, y: 0.75 },
  { x: 0.125, y: 0.75 },
];
const densityFields: Readonly<Record<DataSource, object>> = {
  PDC: { framesPeopleCounting_number: 4 },
  timing: { framesPeopleCounting_number: 3 },
  trigger: {
    ...{ framesPeopleCounting_number: 7, densityLevel: 2, personCnt: 6 },
    ...{ densityLevelChangeType: "lowToHigh", customName: "busy" },
  },
  PQA: { PQA: { alarmCount: 9, countTriggerType: "greater", Region } },
  DSA: { DSA: { alarmTime: 200, timeTriggerType: "greater", Region }, targetID: 25 },
};

/** Returns the fields of a people-density report of one kind. */
export function density(dataSource: DataSource, more: object = {}): object {
  const TargetInfo = {
    ...{ recognition: "personDensityDetection", dataSource, regionName: "Hall", regionID: 1 },
    ...densityFields[dataSource],
    ...more,
  };
  return { personDensityResult: { Target: [{ recognitionType: "human", TargetInfo }] } };
}

/**
 * Returns the data of a plate camera about a vehicle.
 *
 * @param vehicle its rectangle; newer firmware adds it to the plate's, in an element with a misspelled name
 */
export function anpr(plate: string, fields: Record<string, string | number> = {}, vehicle = ""): string {
  const all = {
    ...{ country: 46, licensePlate: plate, line: 2, direction: "forward", confidenceLevel: 97 },
    ...{ plateType: "92TypeCivil", plateColor: "white", plateCharBelieve: "99,98,61", speedLimit: 50 },
    ...{ vehicleType: "SUVMPV", vehicleListName: "otherList", ...fields },
  };
  const picture = (type: string, rect: string, more = ""): string =>
    `<pictureInfo><fileName>${type}.jpg</fileName><type>${type}</type><plateRect>${rect}</plateRect>${more}</pictureInfo>`;
  const none = "<x>0</x><y>0</y><width>0</width><height>0</height>";
  const vehicleRects =
    vehicle && `<vehicelRect>${vehicle}</vehicelRect><VehicelWindowRect>${none}</VehicelWindowRect>`;
  return (
    `<ANPR>${Object.entries(all)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join("")}<vehicleInfo><index>7</index><color>red</color><speed>42</speed></vehicleInfo>` +
    `<pictureInfoList>${picture("vehiclePicture", "<X>448</X><Y>406</Y><width>117</width><height>40</height>")}` +
    `${picture("detectionPicture", "<X>250</X><Y>500</Y><width>125</width><height>250</height>", vehicleRects)}</pictureInfoList></ANPR>`
  );
}

/** One target of a mixed-target report: a person with a face, a vehicle, a bicycle. */
export type MixedTarget = Partial<Record<"Human" | "Face" | "Vehicle" | "NonMotor", object>> & {
  targetID?: number;
};

/**
 * Returns a report of captured targets. Each target names its crop and its scene twice, by content id and by name. The
 * time has no seconds. Source: the general guide's example of a message with images.
 */
export function mixedTargets(...CaptureResult: MixedTarget[]): object {
  return {
    ...{ eventType: "mixedTargetDetection", eventState: undefined, activePostCount: undefined },
    ...{ eventDescription: "Mixed target detection", dateTime: "2025-03-04T05:06+02:00", CaptureResult },
  };
}

/** Returns the place of a target, and the names of its two images. */
export function captured(
  rect: readonly [number, number, number, number],
  name: string,
  more: object = {},
): object {
  const [x, y, width, height] = rect;
  return {
    Rect: { height, width, x, y },
    ...{ contentID1: `${name}Image`, contentID2: `${name}BackgroundImage` },
    ...{ pId1: `${name}0001`, pId2: `${name}0002` },
    ...more,
  };
}

/** Returns a device's response to a subscription: the first part of the stream. */
export function subscribeEventResponse(): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<SubscribeEventResponse version="2.0" ' +
    'xmlns="http://www.isapi.org/ver20/XMLSchema"><id>1</id><FailedEventList/></SubscribeEventResponse>'
  );
}
