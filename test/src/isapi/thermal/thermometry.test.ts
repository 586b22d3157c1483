import assert from "node:assert/strict";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { imageType } from "../../../../src/media/sniff";
import { measure } from "../../../../src/isapi/thermal/measure";
import { readThermalImage } from "../../../../src/isapi/thermal/image";
import { readUpload } from "../../../../src/isapi/thermal/readings";
import { Thermometer } from "../../../../src/isapi/thermal/thermometer";
import { SimulatedThermalCamera, upload, type ThermalOptions } from "../../../servers/isapi/thermal";
import { SimulatedDevice } from "../../../servers/isapi-device";

const uploads = (...list: unknown[]): string =>
  JSON.stringify({ ThermometryUploadList: { ThermometryUpload: list } });

describe("thermometry", () => {
  let device: SimulatedDevice;
  let camera: SimulatedThermalCamera;
  let client: IsapiClient;
  afterEach(async () => {
    await client.close();
    await device.close();
  });

  async function start(options: Partial<ThermalOptions> = {}, password = "s3cret:pass"): Promise<void> {
    device = await SimulatedDevice.start();
    camera = new SimulatedThermalCamera(device, options);
    client = new IsapiClient({ url: device.url, username: "flow", password });
  }

  describe("a reading", () => {
    beforeEach(() => start());

    it("contains °C, the original, the rule and the points", () => {
      assert.deepEqual(readUpload(uploads(upload())), [
        {
          rule: { id: "4", name: "Bearing 3", type: "region" },
          temperatures: { max: 71.5, min: 20.1, average: 33.3, difference: 51.4 },
          original: { max: 71.5, min: 20.1, average: 33.3, difference: 51.4, unit: "celsius" },
          highestPoint: { x: 0.25, y: 0.5 },
          lowestPoint: { x: 0.75, y: 0.125 },
          time: "2025-03-04T05:06:07.000Z",
        },
      ]);
    });

    for (const [unit, name, sent, celsius, difference] of [
      [1, "fahrenheit", 160.7, 71.5, 10],
      [2, "kelvin", 344.65, 71.5, 18],
      ["degreeFahrenheit", "fahrenheit", -40, -40, 10],
    ] as const) {
      it(`converts ${name} (${unit}) to °C, and keeps the original`, () => {
        const area = { MaxTemperature: sent, TemperatureDiff: 18 };
        const [reading] = readUpload(uploads(upload({ thermometryUnit: unit, LinePolygonThermCfg: area })));
        assert.deepEqual(reading?.temperatures, { max: celsius, difference });
        assert.deepEqual(reading.original, { max: sent, difference: 18, unit: name });
      });
    }

    it("has no °C for an unknown unit", () => {
      const [reading] = readUpload(uploads(upload({ thermometryUnit: 7 })));
      assert.equal(reading?.temperatures, undefined);
      assert.equal(reading?.original.unit, "7");
    });

    it("of a point has one temperature", () => {
      const point = { temperature: 36.6, Point: { positionX: 0.5, positionY: 0.5 } };
      const [reading] = readUpload(
        uploads(
          upload({ ruleCalibType: 0, PointThermCfg: point, LinePolygonThermCfg: undefined, presetNo: 3 }),
        ),
      );
      assert.deepEqual(reading?.temperatures, { temperature: 36.6 });
      assert.deepEqual([reading.rule.type, reading.preset], ["point", 3]);
    });

    for (const [what, body] of [
      ["another document", '{"EventNotificationAlert":{}}'],
      ["broken JSON", '{"ThermometryUploadList":'],
    ] as const) {
      it(`is refused for ${what}`, () => {
        assert.throws(() => readUpload(body), { code: "ISAPI_REPLY" });
      });
    }
  });

  describe("on demand", () => {
    for (const unit of [0, 1, 2] as const) {
      it(`reads the temperatures of all rules in °C from a channel with unit ${unit}`, async () => {
        await start({ unit });
        const [reading] = await new Thermometer(client).rules("2");
        assert.deepEqual(reading?.temperatures, { max: 71.5, min: 20, average: 33 });
        assert.deepEqual(reading.rule, { id: "4" });
      });
    }

    it("reports a device that is not a thermal camera", async () => {
      await start();
      device.handlers.clear();
      await assert.rejects(new Thermometer(client).rules("2"), {
        code: "ISAPI_NOT_FOUND",
        message: /not a thermal camera/,
      });
    });

    it("names the missing function, and sends no request for it", async () => {
      await start({ image: false });
      await assert.rejects(new Thermometer(client).image("2"), {
        code: "ISAPI_NOT_FOUND",
        message: /does not support images with temperatures \(isSupportJpegPicWithAppendData\)/,
      });
      assert.ok(!device.requests.some(({ url }) => url.includes("jpegPic")));
    });

    it("refuses another document", async () => {
      await start();
      device.handlers.set("/ISAPI/Thermal/channels/2/thermometry/1/rulesTemperatureInfo", () => ({
        status: 200,
        body: "<Wrong/>",
      }));
      await assert.rejects(new Thermometer(client).rules("2"), { code: "ISAPI_REPLY" });
    });
  });

  describe("an image with temperatures", () => {
    for (const valueBytes of [4, 2] as const) {
      it(`has the °C of each pixel, from ${valueBytes} bytes`, async () => {
        await start({ valueBytes });
        const image = await new Thermometer(client).image("2");
        assert.ok(image.temperatures instanceof Float32Array);
        assert.deepEqual([image.width, image.height, image.temperatures.length], [16, 12, 192]);
        const at = (column: number, row: number): number =>
          image.temperatures[row * 16 + column] ?? Number.NaN;
        assert.ok(Math.abs(at(3, 0) - 23) < 0.011);
        assert.ok(Math.abs(at(15, 11) - 36.1) < 0.011);
        assert.ok(imageType(image.jpeg) === "image/jpeg");
        assert.ok(image.visible !== undefined && imageType(image.visible) === "image/jpeg");
        assert.equal(image.frozen, false);
      });
    }

    it("is read with any bytes as temperatures", async () => {
      await start({ visible: false });
      // As bytes: a boundary's line, an XML tag, a JPEG's start and the end of headers, all in one matrix.
      const bytes = Buffer.from('\r\n--boundary\r\n\r\n{"<a>\xff\xd8\xff__', "latin1");
      camera.temperatureAt = (column, row) =>
        bytes.readFloatLE(((row * 16 + column) * 4) % (bytes.length & ~3));
      const image = await new Thermometer(client).image("2");
      assert.equal(image.temperatures[0], bytes.readFloatLE(0));
      assert.equal(image.visible, undefined);
    });

    for (const [what, changes] of [
      ["a matrix that does not fill the image", { jpegPicWidth: 17 }],
      ["a part longer than the response", { p2pDataLen: 100_000 }],
      ["a JPEG at another position", { jpegPicLen: 10, p2pDataLen: 700 }],
      ["temperatures of 3 bytes", { temperatureDataLength: 3 }],
      ["temperatures of 2 bytes without a scale", { temperatureDataLength: 2 }],
      ["an impossible size", { jpegPicWidth: 100_000, jpegPicHeight: 100_000 }],
      ["a missing size", { jpegPicWidth: undefined }],
    ] as const) {
      it(`is refused with ${what}`, async () => {
        await start();
        assert.throws(() => readThermalImage(camera.imageBody(changes)), { code: "ISAPI_REPLY" });
      });
    }

    it("is refused if it is incomplete, at any length", async () => {
      await start({ visible: false });
      const body = camera.imageBody();
      const needed = body.length - "\r\n--boundary--\r\n".length;
      for (let length = 0; length < needed; length += 7) {
        assert.throws(() => readThermalImage(body.subarray(0, length)), { code: "ISAPI_REPLY" });
      }
    });

    it("is measured at a point and in a region", async () => {
      await start();
      const image = await new Thermometer(client).image("2");
      assert.deepEqual(measure(image, { x: 0.5, y: 0 }), { temperatures: { temperature: 28 } });
      assert.deepEqual(measure(image, { x: 1, y: 1 }), { temperatures: { temperature: 36.1 } });
      assert.deepEqual(measure(image, { x: 0.5, y: 0, width: 0.25, height: 1 / 12 }), {
        temperatures: { max: 31, min: 28, average: 29.5, difference: 3 },
        highestPoint: { x: 11.5 / 16, y: 0.5 / 12 },
        lowestPoint: { x: 8.5 / 16, y: 0.5 / 12 },
      });
      assert.throws(() => measure(image, { x: 0.9, y: 0, width: 0.2, height: 0.1 }), {
        code: "CONFIG_INVALID",
      });
    });
  });
});
