import assert from "node:assert/strict";
import { IsapiClient } from "../../src/isapi/connection/client";
import { SimulatedDevice } from "./isapi-device";
import { addSpeaker, type Speaker } from "./isapi/two-way-audio";

const CHANNEL = "/ISAPI/System/TwoWayAudio/channels/1";

describe("the simulated loudspeaker", () => {
  let device: SimulatedDevice;
  let client: IsapiClient;
  let speaker: Speaker;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    speaker = addSpeaker(device);
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    await device.close();
  });
  const put = async (path: string, body?: string): Promise<number> => {
    const response = await client.request({ method: "PUT", path: CHANNEL + path, body });
    response.body.resume();
    return response.status;
  };

  it("lets one client at a time open it", async () => {
    assert.equal(await put("/open"), 200);
    assert.equal(await put("/open"), 403);
    assert.equal(await put("/close"), 200);
    assert.equal(await put("/close"), 403);
  });

  it("accepts sound only in the open session", async () => {
    assert.equal(await put("/audioData"), 403);
    await put("/open");
    assert.equal(await put("/audioData"), 403);
    assert.equal(await put("/audioData?sessionId=s2"), 403);
    assert.equal(await put("/audioData?sessionId=s1", "sound"), 403);
  });

  it("accepts only its whole document, with a volume up to 100", async () => {
    const document = (await client.read({ path: CHANNEL })).body.toString();
    assert.equal(await put("", document.replace(">50<", ">60<")), 200);
    assert.equal(speaker.volume, "60");
    assert.equal(await put("", document.replace(">50<", ">101<")), 400);
    assert.equal(
      await put("", "<TwoWayAudioChannel><speakerVolume>60</speakerVolume></TwoWayAudioChannel>"),
      400,
    );
  });

  it("refuses other methods", async () => {
    assert.equal((await client.request({ path: `${CHANNEL}/open` })).status, 405);
  });
});
