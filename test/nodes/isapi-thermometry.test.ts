import assert from "node:assert/strict";
import { once } from "node:events";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import isapiThermometry from "../../nodes/isapi-thermometry/runtime";
import { SimulatedThermalCamera, upload, type ThermalOptions } from "../servers/isapi/thermal";
import { SimulatedDevice } from "../servers/isapi-device";
import { allFailures } from "../support/isapi-failures";
import { assertNoSecrets, lastStatusOf } from "../support/node-output";
import { wireNode, type CaughtMessage, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  thermometry?: object;
  raw?: string;
  other?: number;
}

const PASSWORD = "s3cret:pass";

describe("the isapi-thermometry node", () => {
  let device: SimulatedDevice;
  let camera: SimulatedThermalCamera;
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  async function start(options: Partial<ThermalOptions> = {}): Promise<void> {
    device = await SimulatedDevice.start();
    camera = new SimulatedThermalCamera(device, options);
  }

  async function deploy(
    config: object = {},
    options: Partial<ThermalOptions> = {},
  ): Promise<WiredNode<Output>> {
    await start(options);
    return wire(config);
  }

  function wire(config: object, password = PASSWORD, name = "kiln"): Promise<WiredNode<Output>> {
    return wireNode<Output>(
      isapiThermometry,
      { type: "isapi-thermometry", device: "dev", channel: "2", ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", name, url: device.url, timeout: "0.5" }],
        credentials: { dev: { username: "flow", password } },
      },
    );
  }
  const nextOutput = async (): Promise<Output> => (await once(helper.getNode("out"), "input"))[0] as Output;

  it("keeps its topic at four levels for any device name", async () => {
    await start();
    const { handle, received } = await wire({ mode: "manual" }, PASSWORD, "hall/kiln #1");
    await handle({ point: { x: 0.5, y: 0.5 } });
    assert.equal(received[0]?.topic, "isapi/hall_kiln _1/2/thermometry");
  });

  it("sends the temperatures of the rules as they arrive", async () => {
    const { received } = await deploy({ mode: "realtime", raw: true });
    if (camera.streams === 0) await once(camera, "stream");
    const coming = nextOutput();
    camera.send(upload({ thermometryUnit: 1, LinePolygonThermCfg: { MaxTemperature: 212 } }));
    const msg = await coming;
    assert.equal(msg.topic, "isapi/kiln/2/thermometry");
    const [reading] = msg.payload as { temperatures: object; original: object }[];
    assert.deepEqual(reading?.temperatures, { max: 100 });
    assert.deepEqual(reading.original, { max: 212, unit: "fahrenheit" });
    assert.deepEqual(msg.thermometry, { mode: "realtime", channel: "2" });
    assert.match(msg.raw ?? "", /ThermometryUploadList/);
    assert.equal(received.length, 1);
  });

  it("closes all connections when it is closed", async () => {
    await deploy({ mode: "realtime" });
    if (camera.streams === 0) await once(camera, "stream");
    const closed = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (camera.streams > 0) return;
        clearInterval(look);
        resolve();
      }, 5);
    });
    await helper.unload();
    await closed;
  });

  it("measures all rules, a point or a region for a message", async () => {
    const { handle, received } = await deploy({ mode: "manual" });
    await handle({ other: 5 });
    await handle({ point: { x: 0.5, y: 0 } });
    await handle({ region: { x: "0.5", y: 0, width: 0.25, height: 0.05 } });
    const [rules, point, region] = received.map(({ payload }) => payload as Record<string, object>);
    assert.deepEqual((rules as unknown as { temperatures: object }[])[0]?.temperatures, {
      max: 71.5,
      min: 20,
      average: 33,
    });
    assert.deepEqual(point?.temperatures, { temperature: 28 });
    assert.deepEqual(region?.temperatures, { max: 31, min: 28, average: 29.5, difference: 3 });
    assert.equal(received[0]?.other, 5);
  });

  it("requests an image with temperatures", async () => {
    const { handle, received } = await deploy({ mode: "image" });
    await handle({});
    const payload = received[0]?.payload as { temperatures: unknown; width: number; height: number };
    assert.ok(payload.temperatures instanceof Float32Array);
    assert.deepEqual([payload.width, payload.height], [16, 12]);
  });

  it("reports errors with a code, and sends no message", async () => {
    const { handle, received } = await deploy({ mode: "image" }, { image: false });
    const error = await handle({});
    assert.equal(error?.code, "ISAPI_NOT_FOUND");
    assert.match(error.message, /does not support images with temperatures/);
    assert.equal((await handle({ mode: "manual", point: { x: 2, y: 0 } }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ mode: "manual", point: { x: 0.5 } }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ mode: "realtime" }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ channel: "x" }))?.code, "CONFIG_INVALID");
    assert.equal(received.length, 0);
  });

  describe("in real time, when the device fails", () => {
    const stream = "/ISAPI/Thermal/channels/2/thermometry/realTimethermometry/rules";
    const nextError = async (): Promise<CaughtMessage["error"]> =>
      ((await once(helper.getNode("ended"), "input"))[0] as CaughtMessage).error;

    for (const { what, code, handler } of allFailures) {
      for (const requested of ["/ISAPI/Thermal/capabilities", stream]) {
        it(`reports ${code} if the device ${what}, for ${path.basename(requested)}`, async () => {
          await start();
          device.handlers.set(requested, handler);
          const { node, received } = await wire({ mode: "realtime" });
          const error = await nextError();
          assert.equal(error.code, code, error.message);
          assert.ok(error.message.includes(`127.0.0.1:${device.port}`), error.message);
          const { fill, text } = lastStatusOf(node);
          assert.deepEqual({ fill, text }, { fill: "red", text: `status.error.${code}` });
          assert.equal(received.length, 0);
          assertNoSecrets(node, [PASSWORD]);
        });
      }
    }

    it("reconnects when the device is back, and reports a lasting error once", async () => {
      await start();
      const opens = device.handlers.get(stream);
      assert.ok(opens !== undefined);
      let attempts = 0;
      device.handlers.set(stream, (request) => {
        attempts += 1;
        return attempts > 2 ? opens(request) : { status: 503 };
      });
      const { node } = await wire({ mode: "realtime" });
      const errors: unknown[] = [];
      helper.getNode("ended").on("input", (msg) => errors.push((msg as CaughtMessage).error.code));
      await once(camera, "stream");
      const coming = nextOutput();
      camera.send(upload());
      await coming;
      assert.deepEqual(errors, ["ISAPI_BUSY"]);
      assert.equal(lastStatusOf(node).fill, "green");
    }).timeout(10_000);

    it("sends a wrong password once", async () => {
      await start();
      const { node, handle } = await wire({ mode: "realtime" }, "wr0ng:pass");
      assert.equal((await nextError()).code, "ISAPI_AUTH");
      const requests = device.requests.length;
      assert.equal((await handle({}))?.code, "ISAPI_LOCKED");
      assert.equal(device.requests.length, requests);
      assert.equal(device.guard.failures, 1);
      assertNoSecrets(node, ["wr0ng:pass"]);
    });
  });

  it("reports a camera without real-time thermometry, and opens no stream", async () => {
    await deploy({ mode: "realtime" }, { realtime: false });
    const [caught] = (await once(helper.getNode("ended"), "input")) as [CaughtMessage];
    assert.equal(caught.error.code, "ISAPI_NOT_FOUND");
    assert.match(caught.error.message, /isSupportRealTimethermometryForHTTP/);
    assert.equal(camera.streams, 0);
  });
});
