import assert from "node:assert/strict";
import { IsapiClient } from "../../src/isapi/connection/client";
import { readText } from "../../src/isapi/connection/messages";
import { SimulatedPtz } from "./isapi/ptz";
import { SimulatedThermalCamera } from "./isapi/thermal";
import { SimulatedDevice } from "./isapi-device";

describe("the simulated PTZ and thermal camera", () => {
  let device: SimulatedDevice;
  let ptz: SimulatedPtz;
  let client: IsapiClient;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    ptz = new SimulatedPtz(device, { maxSpeed: 60 });
    new SimulatedThermalCamera(device);
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    await device.close();
  });

  const send = async (method: string, path: string, body?: string): Promise<number> => {
    const response = await client.request({ method, path: `/ISAPI/${path}`, body });
    await readText(response.body);
    return response.status;
  };
  const speeds = (pan: number | string): string =>
    `<PTZData><pan>${pan}</pan><tilt>0</tilt><zoom>0</zoom></PTZData>`;

  for (const [what, method, path, body, status] of [
    ["another method", "POST", "continuous", speeds(1), 405],
    ["an empty body", "PUT", "continuous", undefined, 400],
    ["another document", "PUT", "continuous", "<Other><pan>1</pan></Other>", 400],
    ["a speed beyond its limit", "PUT", "continuous", speeds(61), 400],
    ["a speed that is not an integer", "PUT", "continuous", speeds("1.5"), 400],
    ["a momentary movement without a duration", "PUT", "momentary", speeds(1), 400],
    [
      "a position beyond its limit",
      "PUT",
      "absolute",
      "<PTZData><AbsoluteHigh><elevation>901</elevation><azimuth>0</azimuth><absoluteZoom>10</absoluteZoom></AbsoluteHigh></PTZData>",
      400,
    ],
    [
      "a preset under another number",
      "PUT",
      "presets/2",
      "<PTZPreset><id>3</id><presetName>a</presetName></PTZPreset>",
      400,
    ],
    [
      "a name that is too long",
      "PUT",
      "presets/2",
      `<PTZPreset><id>2</id><presetName>${"a".repeat(33)}</presetName></PTZPreset>`,
      400,
    ],
    ["a preset that is not saved", "PUT", "presets/9/goto", undefined, 403],
    ["a preset that does not exist", "PUT", "presets/21/goto", undefined, 404],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assert.equal(await send(method, `PTZCtrl/channels/1/${path}`, body), status);
      assert.deepEqual(ptz.actions, []);
    });
  }

  it("measures only on its thermal channel, and sends JSON only on request", async () => {
    const path = "thermometry/1/rulesTemperatureInfo";
    assert.equal(await send("GET", `Thermal/channels/2/${path}?format=json`), 200);
    assert.equal(await send("GET", `Thermal/channels/2/${path}`), 400);
    assert.equal(await send("GET", `Thermal/channels/1/${path}?format=json`), 404);
  });
});
