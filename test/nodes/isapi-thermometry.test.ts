import assert from "node:assert/strict";
import { once } from "node:events";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config";
import isapiThermometry from "../../nodes/isapi-thermometry";
import { SimulatedThermalCamera, upload, type ThermalOptions } from "../servers/isapi/thermal";
import { SimulatedDevice } from "../servers/isapi-device";
import { wireNode, type CaughtMessage, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  thermometry?: object;
  raw?: string;
  other?: number;
}

describe("the isapi-thermometry node", () => {
  let device: SimulatedDevice;
  let camera: SimulatedThermalCamera;
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  async function deploy(
    config: object = {},
    options: Partial<ThermalOptions> = {},
  ): Promise<WiredNode<Output>> {
    device = await SimulatedDevice.start();
    camera = new SimulatedThermalCamera(device, options);
    return wireNode<Output>(
      isapiThermometry,
      { type: "isapi-thermometry", device: "dev", channel: "2", ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", name: "kiln", url: device.url }],
        credentials: { dev: { username: "flow", password: "s3cret:pass" } },
      },
    );
  }
  const nextOutput = async (): Promise<Output> => (await once(helper.getNode("out"), "input"))[0] as Output;

  it("sends the temperatures of the rules as they come", async () => {
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

  it("leaves no connection open when it is closed", async () => {
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

  it("measures all rules, a point or a region on a message", async () => {
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

  it("takes a picture with temperatures", async () => {
    const { handle, received } = await deploy({ mode: "image" });
    await handle({});
    const payload = received[0]?.payload as { temperatures: unknown; width: number; height: number };
    assert.ok(payload.temperatures instanceof Float32Array);
    assert.deepEqual([payload.width, payload.height], [16, 12]);
  });

  it("reports what goes wrong with a code, and sends nothing", async () => {
    const { handle, received } = await deploy({ mode: "image" }, { image: false });
    const error = await handle({});
    assert.equal(error?.code, "ISAPI_NOT_FOUND");
    assert.match(error.message, /does not offer pictures with temperatures/);
    assert.equal((await handle({ mode: "manual", point: { x: 2, y: 0 } }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ mode: "manual", point: { x: 0.5 } }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ mode: "realtime" }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ channel: "x" }))?.code, "CONFIG_INVALID");
    assert.equal(received.length, 0);
  });

  it("reports that a camera has no real-time thermometry, and opens nothing", async () => {
    await deploy({ mode: "realtime" }, { realtime: false });
    const [caught] = (await once(helper.getNode("ended"), "input")) as [CaughtMessage];
    assert.equal(caught.error.code, "ISAPI_NOT_FOUND");
    assert.match(caught.error.message, /isSupportRealTimethermometryForHTTP/);
    assert.equal(camera.streams, 0);
  });
});
