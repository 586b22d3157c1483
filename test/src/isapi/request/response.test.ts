import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import { sendCommand, readResponse } from "../../../../src/isapi/request/response";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { SimulatedDevice } from "../../../servers/isapi-device";

const PATH = "/ISAPI/System/reboot";

describe("the response of a device", () => {
  let device: SimulatedDevice;
  let client: IsapiClient;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    await device.close();
  });

  it("adds the request and the device to an error, which ends with the advice", async () => {
    device.handlers.set(PATH, () => ({ status: 200, body: "?" }));
    const failing = readResponse(client, { path: PATH }, () => {
      throw new SurveillanceError("ISAPI_REPLY", "it is invalid.", { advice: "Ask again." });
    });
    await assert.rejects(failing, {
      code: "ISAPI_REPLY",
      message: `GET ${PATH} at ${client.where}: it is invalid. Ask again.`,
      advice: "Ask again.",
    });
  });

  for (const [what, body] of [
    ["a web page", "<html><body>Sign in</body></html>"],
    ["another document", "<DeviceInfo><model>x</model></DeviceInfo>"],
    ["a word", "OK"],
  ] as const)
    it(`does not confirm a command with ${what}`, async () => {
      device.handlers.set(PATH, () => ({ status: 200, body }));
      await assert.rejects(sendCommand(client, { method: "PUT", path: PATH }), { code: "ISAPI_REPLY" });
    });

  it("confirms a command with an empty body", async () => {
    device.handlers.set(PATH, () => ({ status: 200, body: "" }));
    assert.equal((await sendCommand(client, { method: "PUT", path: PATH })).status, 200);
  });
});
