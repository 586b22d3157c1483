import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { SurveillanceError } from "../../../src/core/errors";
import type { SourceState } from "../../../src/events/source";
import { IsapiClient } from "../../../src/isapi/connection/client";
import { startsAsJpeg } from "../../../src/media/jpeg";
import { measure } from "../../../src/isapi/thermal/measure";
import { readThermalImage } from "../../../src/isapi/thermal/image";
import { readUpload, type ThermalReading } from "../../../src/isapi/thermal/readings";
import { RealtimeThermometry, type RealtimeUpload } from "../../../src/isapi/thermal/realtime";
import { Thermometer } from "../../../src/isapi/thermal/thermometer";
import { SimulatedThermalCamera, upload, type ThermalOptions } from "../../servers/isapi/thermal";
import { SimulatedDevice } from "../../servers/isapi-device";
import { ManualClock } from "../../support/manual-clock";

const uploads = (...list: unknown[]): string =>
  JSON.stringify({ ThermometryUploadList: { ThermometryUpload: list } });

describe("thermometry", () => {
  let device: SimulatedDevice;
  let camera: SimulatedThermalCamera;
  let client: IsapiClient;
  let stream: RealtimeThermometry | undefined;
  afterEach(async () => {
    await stream?.close();
    stream = undefined;
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

    it("holds °C, the original, the rule and the places", () => {
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
      it(`turns ${name} (${unit}) into °C, and keeps what came`, () => {
        const area = { MaxTemperature: sent, TemperatureDiff: 18 };
        const [reading] = readUpload(uploads(upload({ thermometryUnit: unit, LinePolygonThermCfg: area })));
        assert.deepEqual(reading?.temperatures, { max: celsius, difference });
        assert.deepEqual(reading.original, { max: sent, difference: 18, unit: name });
      });
    }

    it("invents no °C for a unit that nobody knows", () => {
      const [reading] = readUpload(uploads(upload({ thermometryUnit: 7 })));
      assert.equal(reading?.temperatures, undefined);
      assert.equal(reading?.original.unit, "7");
    });

    it("of a point is one temperature", () => {
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
      it(`is not made of ${what}`, () => {
        assert.throws(() => readUpload(body), { code: "ISAPI_REPLY" });
      });
    }
  });

  describe("on demand", () => {
    for (const unit of [0, 1, 2] as const) {
      it(`gives what all rules measure in °C, the channel being set to unit ${unit}`, async () => {
        await start({ unit });
        const [reading] = await new Thermometer(client).rules("2");
        assert.deepEqual(reading?.temperatures, { max: 71.5, min: 20, average: 33 });
        assert.deepEqual(reading.rule, { id: "4" });
      });
    }

    it("says so where a device is not a thermal camera", async () => {
      await start();
      device.handlers.clear();
      await assert.rejects(new Thermometer(client).rules("2"), {
        code: "ISAPI_NOT_FOUND",
        message: /not a thermal camera/,
      });
    });

    it("says what a device does not offer, without asking for it", async () => {
      await start({ image: false });
      await assert.rejects(new Thermometer(client).image("2"), {
        code: "ISAPI_NOT_FOUND",
        message: /does not offer images with temperatures \(isSupportJpegPicWithAppendData\)/,
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

  describe("a picture with temperatures", () => {
    for (const valueBytes of [4, 2] as const) {
      it(`has each pixel's °C, out of ${valueBytes} bytes`, async () => {
        await start({ valueBytes });
        const image = await new Thermometer(client).image("2");
        assert.ok(image.temperatures instanceof Float32Array);
        assert.deepEqual([image.width, image.height, image.temperatures.length], [16, 12, 192]);
        const at = (column: number, row: number): number =>
          image.temperatures[row * 16 + column] ?? Number.NaN;
        assert.ok(Math.abs(at(3, 0) - 23) < 0.011);
        assert.ok(Math.abs(at(15, 11) - 36.1) < 0.011);
        assert.ok(startsAsJpeg(image.jpeg));
        assert.ok(image.visible !== undefined && startsAsJpeg(image.visible));
        assert.equal(image.frozen, false);
      });
    }

    it("is read whatever its temperatures look like as bytes", async () => {
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
      ["a matrix that does not fill the picture", { jpegPicWidth: 17 }],
      ["a part longer than what came", { p2pDataLen: 100_000 }],
      ["a JPEG elsewhere", { jpegPicLen: 10, p2pDataLen: 700 }],
      ["temperatures of 3 bytes", { temperatureDataLength: 3 }],
      ["temperatures of 2 bytes without a scale", { temperatureDataLength: 2 }],
      ["an impossible size", { jpegPicWidth: 100_000, jpegPicHeight: 100_000 }],
      ["no size", { jpegPicWidth: undefined }],
    ] as const) {
      it(`is refused with ${what}`, async () => {
        await start();
        assert.throws(() => readThermalImage(camera.pictureBody(changes)), { code: "ISAPI_REPLY" });
      });
    }

    it("is refused where it was cut off, wherever", async () => {
      await start({ visible: false });
      const body = camera.pictureBody();
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

  describe("in real time", () => {
    let clock: ManualClock;
    let events: EventEmitter<{
      event: [RealtimeUpload];
      state: [SourceState];
      failure: [SurveillanceError];
      warning: [string];
    }>;

    function listen(): void {
      clock = new ManualClock();
      events = new EventEmitter();
      stream = new RealtimeThermometry(
        { client, channel: "2", clock, random: () => 0.5 },
        {
          event: (upload) => void events.emit("event", upload),
          state: (state) => events.emit("state", state),
          failure: (error) => events.emit("failure", error),
          warning: (text) => events.emit("warning", text),
        },
      );
    }
    async function until(kind: SourceState["kind"]): Promise<SourceState> {
      for (;;) {
        const [state] = (await once(events, "state")) as [SourceState];
        if (state.kind === kind) return state;
      }
    }
    async function connect(options: Partial<ThermalOptions> = {}): Promise<void> {
      await start(options);
      const opened = once(camera, "stream");
      listen();
      await Promise.all([opened, until("connected")]);
    }
    const readings = async (): Promise<ThermalReading[]> =>
      ((await once(events, "event"))[0] as RealtimeUpload).readings;

    it("hands each upload over as it comes", async () => {
      await connect();
      const coming = readings();
      camera.send(upload({ ruleID: 1 }), upload({ ruleID: 2 }));
      assert.deepEqual(
        (await coming).map(({ rule }) => rule.id),
        ["1", "2"],
      );
    });

    it("passes over what is no temperatures, with a warning", async () => {
      await connect();
      const warned = once(events, "warning");
      const coming = readings();
      camera.raw('--boundary\r\nContent-Type: application/json\r\n\r\n{"other":1}\r\n');
      camera.send(upload());
      assert.match(String((await warned)[0]), /cannot be read/);
      assert.equal((await coming).length, 1);
    });

    it("opens a stream anew that the device has ended, without an error", async () => {
      await connect();
      const coming = readings();
      camera.send(upload());
      await coming;
      const opened = once(camera, "stream");
      camera.endStreams();
      const timer = setInterval(() => {
        clock.advance(0.3);
      }, 5);
      const [state] = (await once(events, "state")) as [SourceState];
      await opened;
      clearInterval(timer);
      assert.equal(state.kind, "connected");
    });

    it("reports a cut, and waits longer with each failure", async () => {
      await connect();
      const retrying = until("retrying");
      device.breakConnections();
      const first = await retrying;
      assert.ok(first.kind === "retrying" && first.error.code === "CONNECTION_LOST");
      device.handlers.set("/ISAPI/Thermal/capabilities", () => ({ status: 503 }));
      const again = until("retrying");
      clock.advance(1);
      const second = await again;
      assert.ok(second.kind === "retrying" && second.failures === 2 && second.retryMs > first.retryMs);
    });

    it("opens a silent stream anew", async () => {
      await connect();
      const retrying = until("retrying");
      clock.advance(301);
      const state = await retrying;
      assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_SILENT");
    });

    it("says that the device does not offer it, and does not open it", async () => {
      await start({ realtime: false });
      listen();
      const state = await until("retrying");
      assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_NOT_FOUND");
      assert.match(state.error.message, /does not offer real-time thermometry/);
      assert.equal(camera.streams, 0);
    });

    it("sends a refused password once, and waits", async () => {
      await start({}, "wrong");
      listen();
      const state = await until("retrying");
      assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_AUTH");
      assert.equal(device.guard.failures, 1);
    });

    it("reports a fault once until it is over", async () => {
      await connect();
      const failures: string[] = [];
      events.on("failure", ({ code }) => failures.push(code));
      const fail = async (answer: () => void): Promise<void> => {
        const retrying = until("retrying");
        answer();
        await retrying;
      };
      const next = (): void => {
        clock.advance(20);
      };
      await fail(() => {
        device.breakConnections();
      });
      device.handlers.set("/ISAPI/Thermal/capabilities", () => ({ status: 503 }));
      await fail(next);
      await fail(next);
      assert.deepEqual(failures, ["CONNECTION_LOST", "ISAPI_BUSY"]);
    });

    it("runs beside another stream of the same device", async () => {
      await connect();
      const opened = once(device, "stream");
      const response = await client.request({ path: device.options.streamPath, connection: "eventStream" });
      await opened;
      assert.equal(response.status, 200);
      response.body.on("error", () => undefined).destroy();
    });
  });
});
