import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import { sendCommand, readResponse } from "../../../../src/isapi/request/response";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { SimulatedDevice } from "../../../servers/isapi-device";

const PATH = "/ISAPI/System/reboot";

describe("what a device answers", () => {
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

  it("is in error told with what was asked of whom, and ends with the advice", async () => {
    device.handlers.set(PATH, () => ({ status: 200, body: "?" }));
    const failing = readResponse(client, { path: PATH }, () => {
      throw new SurveillanceError("ISAPI_REPLY", "it makes no sense.", { advice: "Ask again." });
    });
    await assert.rejects(failing, {
      code: "ISAPI_REPLY",
      message: `GET ${PATH} at ${client.where}: it makes no sense. Ask again.`,
      advice: "Ask again.",
    });
  });

  for (const [what, body] of [
    ["a web page", "<html><body>Sign in</body></html>"],
    ["another document", "<DeviceInfo><model>x</model></DeviceInfo>"],
    ["a word", "OK"],
  ] as const)
    it(`does not pass for "done" where it is ${what}`, async () => {
      device.handlers.set(PATH, () => ({ status: 200, body }));
      await assert.rejects(sendCommand(client, { method: "PUT", path: PATH }), { code: "ISAPI_REPLY" });
    });

  it('passes for "done" where it is empty', async () => {
    device.handlers.set(PATH, () => ({ status: 200, body: "" }));
    assert.equal((await sendCommand(client, { method: "PUT", path: PATH })).status, 200);
  });
});
