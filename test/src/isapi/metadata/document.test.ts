import assert from "node:assert/strict";
import { readMetadata } from "../../../../src/isapi/metadata/document";
import { fireDocument, thermometryDocument } from "../../../servers/isapi/metadata";

const now = Date.parse("2026-05-04T07:08:09.500Z");
const rule = { id: 3, highest: 91.5, lowest: 20.25, average: 40 };

describe("readMetadata", () => {
  it("reads type, time, device and channel", () => {
    const { targets, readings, details, ...rest } = readMetadata(thermometryDocument([rule]), now);
    assert.deepEqual(rest, {
      type: "activityTarget",
      subType: "thermometry",
      time: "2026-05-04T09:08:07+02:00",
      receivedTime: "2026-05-04T07:08:09.500Z",
      device: { host: "192.0.2.77", port: 554, mac: "00:00:5e:00:53:2a" },
      channel: "2",
    });
    assert.deepEqual([targets.length, readings.length, details.subType], [3, 1, "thermometry"]);
  });

  it("reads the regions of every target as fractions of the image, its temperature and its kind", () => {
    const { targets } = readMetadata(thermometryDocument([rule]), now);
    assert.deepEqual(targets[0], {
      rule: "3",
      regions: [
        [
          { x: 0.25, y: 0.3 },
          { x: 0.75, y: 0.3 },
          { x: 0.75, y: 0.8 },
          { x: 0.25, y: 0.8 },
        ],
      ],
      box: { x: 0.25, y: 0.3, width: 0.5, height: 0.5 },
      temperature: 40,
      property: "average",
      original: { temperature: 40, unit: "celsius" },
      properties: { tempValue: "40", tempUnit: "centigrade", tempProperty: "average" },
    });
    assert.deepEqual(targets[2]?.regions, [[{ x: 0.6, y: 0.4 }]]);
    assert.equal(targets[2].box, undefined);
  });

  it("joins the temperatures of a rule, in the form of isapi-thermometry", () => {
    const other = { id: 4, highest: 30, lowest: 10, average: 20 };
    const { readings } = readMetadata(thermometryDocument([rule, other]), now);
    assert.deepEqual(readings[0], {
      rule: { id: "3" },
      temperatures: { average: 40, min: 20.25, max: 91.5 },
      original: { average: 40, min: 20.25, max: 91.5, unit: "celsius" },
      highestPoint: { x: 0.6, y: 0.4 },
      lowestPoint: { x: 0.3, y: 0.7 },
    });
    assert.equal(readings[1]?.temperatures?.max, 30);
  });

  for (const [unit, value, celsius] of [
    ["fahrenheit", 212, 100],
    ["kelvin", 373.15, 100],
  ] as const)
    it(`converts ${unit} to °C and keeps the original`, () => {
      const { targets } = readMetadata(thermometryDocument([{ ...rule, highest: value }], { unit }), now);
      assert.equal(targets[2]?.temperature, celsius);
      assert.deepEqual(targets[2].original, { temperature: value, unit });
    });

  it("sets no °C for an unknown unit", () => {
    const { targets, readings } = readMetadata(thermometryDocument([rule], { unit: "reaumur" }), now);
    assert.equal(targets[2]?.temperature, undefined);
    assert.deepEqual(targets[2]?.original, { temperature: 91.5, unit: "reaumur" });
    assert.equal(readings[0]?.temperatures, undefined);
  });

  it("reads the place, distance and temperature of a fire", () => {
    const document = fireDocument([{ distance: 250, temperature: 310 }]);
    const { subType, targets, readings } = readMetadata(document, now);
    assert.equal(subType, "fireDetection");
    assert.deepEqual(readings, []);
    assert.equal(targets[0]?.distance, 250);
    assert.deepEqual([targets[0].box?.x, targets[0].box?.y, targets[0].box?.height], [0.1, 0.5, 0.7 - 0.5]);
    assert.deepEqual([targets[1]?.temperature, targets[1]?.property], [310, "highest"]);
  });

  it("keeps the whole content of another document", () => {
    const xml =
      "<tt:MetadataStream xmlns:tt='urn:x'><tt:Event><tt:Topic>0012</tt:Topic></tt:Event></tt:MetadataStream>";
    const { type, subType, time, channel, targets, details } = readMetadata(xml, now);
    assert.deepEqual(
      [type, subType, time, channel, targets],
      ["MetadataStream", undefined, "2026-05-04T07:08:09.500Z", "0", []],
    );
    assert.deepEqual(details, { Event: { Topic: "0012" } });
  });

  it("ignores invalid values", () => {
    const xml = thermometryDocument([rule]).replaceAll("91.5", "hot").replaceAll("<x>600</x>", "<x/>");
    const { targets } = readMetadata(xml, now);
    assert.deepEqual(targets[2], {
      rule: "3",
      regions: [[]],
      properties: { tempValue: "hot", tempUnit: "centigrade", tempProperty: "highest" },
    });
  });

  it("refuses text that is not XML", () => {
    assert.throws(() => readMetadata("<Metadata><a></Metadata", now), { code: "ISAPI_REPLY" });
  });
});
