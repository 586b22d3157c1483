import assert from "node:assert/strict";
import { readAlert, type Alert } from "../../../../../src/isapi/alerts/alert";
import { alertJson, alertXml, type AlertFields } from "../../../../servers/isapi/alerts";
import {
  anpr,
  density,
  fireRegions,
  temperatureDifference,
  temperatureRegions,
  type DataSource,
} from "../../../../servers/isapi/alert-documents";

const read = (kind: "xml" | "json", body: string): Alert =>
  readAlert({ kind, headers: {}, body: Buffer.from(body) }, { host: "camera.test", now: 0 });
const xml = (fields: AlertFields, inner = ""): Alert => read("xml", alertXml(fields, inner));
const json = (fields: AlertFields): Alert => read("json", alertJson(fields));

describe("the targets of an alert", () => {
  describe("about a fire", () => {
    const fire = { x: 500, y: 250, width: 125, height: 250, temperature: 320 };

    it("have a box, a temperature and a distance", () => {
      const { type, targets } = xml(
        { eventType: "fireDetection" },
        fireRegions({ ...fire, distance: 850 }, { ...fire, x: 0, temperature: 401.5 }),
      );
      assert.equal(type, "fire");
      assert.deepEqual(targets[0], {
        label: "fire",
        box: { x: 0.5, y: 0.25, width: 0.125, height: 0.25 },
        attributes: {
          temperature: 320,
          original: { temperature: 320, unit: "celsius" },
          distance: 850,
          highestPoint: { x: 0.625, y: 0.25 },
          regionId: "1",
          region: [
            { x: 0.5, y: 0.25 },
            { x: 0.625, y: 0.25 },
            { x: 0.625, y: 0.5 },
            { x: 0.5, y: 0.5 },
          ],
        },
      });
      assert.equal(targets[1]?.attributes?.temperature, 401.5);
      assert.equal(targets[1].attributes.distance, undefined, "-1 is not a distance");
    });

    it("are read from the fields next to the common ones, too, as in the guide", () => {
      const { targets } = xml({
        eventType: "fireDetection",
        temperatureUnit: "fahrenheit",
        fireMaxTemperature: 752,
        targetDistance: 120,
      });
      assert.deepEqual(targets, [
        {
          label: "fire",
          attributes: {
            temperature: 400,
            original: { temperature: 752, unit: "fahrenheit" },
            distance: 120,
          },
        },
      ]);
    });

    it("have no temperature in °C if the unit is unknown", () => {
      const { targets } = xml(
        { eventType: "fireDetection" },
        fireRegions({ ...fire, unit: "reaumur", temperature: 300 }),
      );
      assert.equal(targets[0]?.attributes?.temperature, undefined);
      assert.deepEqual(targets[0]?.attributes?.original, { temperature: 300, unit: "reaumur" });
    });
  });

  describe("about temperatures", () => {
    const corners = [
      [200, 400],
      [600, 400],
      [600, 900],
    ] as const;

    for (const [eventType, level] of [
      ["TMA", "alarm"],
      ["TMPA", "warning"],
    ] as const) {
      it(`have rule, threshold and temperature of a ${level} (${eventType})`, () => {
        const { type, targets } = xml({ eventType }, temperatureRegions(eventType, { id: 4, corners }));
        assert.equal(type, "temperature");
        assert.deepEqual(targets, [
          {
            label: "temperature",
            box: { x: 0.2, y: 0.4, width: 0.6 - 0.2, height: 0.5 },
            attributes: {
              level,
              rule: { id: "4", name: "Motor 4", type: "region" },
              ruleType: "highest temp is higher than",
              temperature: 91.5,
              threshold: 80,
              original: { temperature: 91.5, threshold: 80, unit: "celsius" },
              region: corners.map(([x, y]) => ({ x: x / 1000, y: y / 1000 })),
            },
          },
        ]);
      });
    }

    it("are read from the fields next to the common ones, too, in kelvin or fahrenheit", () => {
      const { targets } = xml({
        eventType: "TPMA",
        thermometryUnit: "fahrenheit",
        ruleTemperature: 176,
        currTemperature: 194.9,
        ruleCalibType: "point",
        ruleType: "average temp is higher than",
      });
      assert.deepEqual(targets[0]?.attributes, {
        level: "warning",
        rule: { type: "point" },
        ruleType: "average temp is higher than",
        temperature: 90.5,
        threshold: 80,
        original: { temperature: 194.9, threshold: 176, unit: "fahrenheit" },
      });
      const kelvin = xml({ eventType: "TMA", thermometryUnit: "kelvin", currTemperature: 300 });
      assert.equal(kelvin.targets[0]?.attributes?.temperature, 26.85);
    });

    it("have the hottest point from either of its fields", () => {
      const point =
        "<RegionCoordinates><positionX>500</positionX><positionY>250</positionY></RegionCoordinates>";
      const { targets } = xml(
        { eventType: "TMA" },
        temperatureRegions("TMA", {}).replace(
          "</TMA>",
          `<MaximumTemperaturePoint>${point}</MaximumTemperaturePoint></TMA>`,
        ),
      );
      assert.deepEqual(targets[0]?.attributes?.highestPoint, { x: 0.5, y: 0.25 });
    });

    it("belong to separate occurrences for two rules of a channel", () => {
      const { occurrences } = xml({ eventType: "TMA" }, temperatureRegions("TMA", { id: 1 }, { id: 2 }));
      assert.deepEqual(
        occurrences.map(({ mark, targets }) => [mark, targets.length]),
        [
          ["1", 1],
          ["2", 1],
        ],
      );
    });

    for (const fields of [
      { ruleTemperature: 18, currTemperature: 27 },
      { ruleTemperatureDiff: 18, curTemperatureDiff: 27 },
      { ruleTemperatureDiff: 18, currTemperatureDiff: 27 },
    ])
      it(`have a difference in a TDA with ${Object.keys(fields).join(" and ")}`, () => {
        const { type, targets } = xml({ eventType: "TDA", thermometryUnit: "fahrenheit", ...fields });
        assert.equal(type, "temperatureDifference");
        const { difference, threshold, temperature } = targets[0]?.attributes ?? {};
        assert.deepEqual([difference, threshold, temperature], [15, 10, undefined]);
      });

    it("have a difference if the rule compares", () => {
      const { type, targets } = xml(
        { eventType: "TMA" },
        temperatureRegions("TMA", {
          ruleType: "temp diff is higher than",
          unit: "fahrenheit",
          threshold: 18,
          current: 27,
        }),
      );
      assert.equal(type, "temperatureDifference");
      const { difference, threshold, original } = targets[0]?.attributes ?? {};
      assert.deepEqual(
        { difference, threshold, original },
        { difference: 15, threshold: 10, original: { difference: 27, threshold: 18, unit: "fahrenheit" } },
      );
    });

    it("have the two compared areas if the device sends them", () => {
      const { type, targets } = json(temperatureDifference("celsius", 10, 14.5) as AlertFields);
      assert.equal(type, "temperatureDifference");
      const { compared, ...attributes } = targets[0]?.attributes ?? {};
      assert.deepEqual(attributes, {
        level: "alarm",
        rule: { type: "region" },
        alarmType: "MaxTemperature",
        alarmRule: "greater",
        difference: 14.5,
        threshold: 10,
        original: { difference: 14.5, threshold: 10, unit: "celsius" },
        preset: 3,
      });
      assert.deepEqual(
        (compared as { id: string; region: object[] }[]).map(({ id, region }) => [id, region[0]]),
        [
          ["1", { x: 0, y: 0.25 }],
          ["2", { x: 0.5, y: 0.25 }],
        ],
      );
    });
  });

  describe("about people", () => {
    const region = [
      { x: 0.125, y: 0.25 },
      { x: 0.625, y: 0.25 },
      { x: 0.625, y: 0.75 },
      { x: 0.125, y: 0.75 },
    ];
    const box = { x: 0.125, y: 0.25, width: 0.5, height: 0.5 };
    const hall = { regionId: "1", regionName: "Hall" };
    const expected: Record<DataSource, object> = {
      PDC: { attributes: { dataSource: "PDC", count: 4, framesPeopleCounting: 4, ...hall } },
      timing: { attributes: { dataSource: "timing", count: 3, framesPeopleCounting: 3, ...hall } },
      trigger: {
        attributes: {
          ...{ dataSource: "trigger", count: 6, framesPeopleCounting: 7, densityLevel: 2 },
          ...{ densityLevelName: "busy", densityLevelChange: "lowToHigh", ...hall },
        },
      },
      PQA: { box, attributes: { dataSource: "PQA", count: 9, condition: "greater", ...hall, region } },
      DSA: {
        id: "25",
        box,
        attributes: { dataSource: "DSA", condition: "greater", staySeconds: 200, ...hall, region },
      },
    };
    for (const dataSource of ["PDC", "timing", "trigger", "PQA", "DSA"] as const) {
      it(`have count, density or duration (${dataSource})`, () => {
        const { type, targets } = json({
          eventType: "personDensityDetection",
          ...(density(dataSource) as AlertFields),
        });
        assert.equal(type, "peopleDensity");
        assert.deepEqual(targets, [{ label: "human", ...expected[dataSource] }]);
      });
    }

    it("belong to one occurrence for each person who stays too long", () => {
      const stay = (targetID: number, alarmTime: number): string | undefined =>
        json(density("DSA", { targetID, DSA: { alarmTime } }) as AlertFields).occurrences[0]?.mark;
      assert.equal(stay(1, 200), stay(1, 201));
      assert.notEqual(stay(1, 200), stay(2, 200));
    });
  });

  describe("about a vehicle", () => {
    it("have the rectangles of vehicle and plate in the image of the scene, in the spelling of the firmware", () => {
      const { targets } = xml(
        { eventType: "ANPR" },
        anpr("AB12CDE", {}, "<X>250</X><Y>125</Y><width>500</width><height>500</height>"),
      );
      assert.deepEqual(targets[0]?.box, { x: 0.25, y: 0.5, width: 0.125, height: 0.25 });
      assert.deepEqual(targets[0].attributes?.vehicleBox, { x: 0.25, y: 0.125, width: 0.5, height: 0.5 });
    });

    it("have all fields of a plate camera", () => {
      const { targets } = xml({ eventType: "ANPR" }, anpr("0012345", { vehicleListName: "allowList" }));
      assert.deepEqual(targets, [
        {
          label: "vehicle",
          plate: "0012345",
          score: 0.97,
          // From the image of the scene, and not from the crop of the vehicle.
          box: { x: 0.25, y: 0.5, width: 0.125, height: 0.25 },
          attributes: {
            ...{
              plateColor: "white",
              plateType: "92TypeCivil",
              country: "46",
              direction: "forward",
              lane: "2",
            },
            ...{ vehicleType: "SUVMPV", vehicleColor: "red", speed: 42, speedLimit: 50 },
            ...{ list: "allowList", listType: "allow", characterScores: [0.99, 0.98, 0.61] },
          },
        },
      ]);
    });

    for (const [name, listType] of [
      ["whiteList", "allow"],
      ["blackList", "block"],
      ["blockList", "block"],
      ["otherList", undefined],
    ] as const) {
      it(`have ${listType === undefined ? "no list type" : `list type ${listType}`} for the list ${name}`, () => {
        const { targets } = xml({ eventType: "ANPR" }, anpr("12E4567", { vehicleListName: name }));
        assert.deepEqual(
          [targets[0]?.plate, targets[0]?.attributes?.list, targets[0]?.attributes?.listType],
          ["12E4567", name, listType],
        );
      });
    }
  });
});
