import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { SnapshotTaker } from "../../../../src/isapi/request/snapshot";
import { jpeg } from "../../../servers/isapi/alerts";
import { responseStatus } from "../../../servers/isapi/documents";
import { SimulatedDevice, type SimulatedResponse, type DeviceOptions } from "../../../servers/isapi-device";

const BY_STREAM = "/ISAPI/Streaming/channels/101/picture";
const BY_CHANNEL = "/ISAPI/Streaming/channels/1/picture";
const BEHIND_PROXY = "/ISAPI/ContentMgmt/StreamingProxy/channels/101/picture";

describe("SnapshotTaker", () => {
  let device: SimulatedDevice;
  let client: IsapiClient;
  let taker: SnapshotTaker;
  afterEach(async () => {
    await client.close();
    await device.close();
  });

  async function start(options: Partial<DeviceOptions> = {}): Promise<void> {
    device = await SimulatedDevice.start(options);
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
    taker = new SnapshotTaker(client);
  }
  const respondAt = (path: string, ...responses: SimulatedResponse[]): void => {
    device.handlers.set(path, () => responses.shift() ?? { status: 200, type: "image/jpeg", body: jpeg() });
  };
  const paths = (): string[] => device.requests.filter(({ status }) => status !== 401).map(({ url }) => url);
  const refuse = (status: number, statusCode: number, sub: string): SimulatedResponse => ({
    status,
    body: responseStatus("/", statusCode, "", sub),
  });

  it("takes a snapshot of a stream and returns its size", async () => {
    await start();
    const { width, height, channel, mimeType } = await taker.take({ channel: "102" });
    assert.deepEqual([width, height, channel, mimeType], [640, 360, "102", "image/jpeg"]);
  });

  it("accepts channel, stream and size", async () => {
    await start();
    const { width, height, channel } = await taker.take({
      channel: "1",
      stream: "sub",
      width: 320,
      height: 180,
    });
    assert.deepEqual([width, height, channel], [320, 180, "102"]);
    assert.match(paths()[0] ?? "", /102\/picture\?videoResolutionWidth=320&videoResolutionHeight=180/);
  });

  it("uses the older path if the device does not know the newer one, and remembers it", async () => {
    await start();
    respondAt(BY_STREAM, refuse(404, 4, "notSupport"), refuse(404, 4, "notSupport"));
    respondAt(BY_CHANNEL);
    await taker.take({ channel: "101" });
    await taker.take({ channel: "101" });
    assert.deepEqual(paths(), [BY_STREAM, BY_CHANNEL, BY_CHANNEL]);
  });

  it("uses a recorder's proxy after statusCode 6", async () => {
    await start({ kind: "nvr" });
    respondAt(BY_STREAM, refuse(400, 6, "badXmlContent"));
    await taker.take({ channel: "101" });
    assert.deepEqual(paths(), [BY_STREAM, BEHIND_PROXY]);
  });

  for (const status of [503, 400]) {
    it(`repeats a request to a busy device (HTTP ${status}) at most twice`, async () => {
      await start();
      const busy = refuse(status, 2, "deviceBusy");
      respondAt(BY_STREAM, busy, busy, busy, busy);
      await assert.rejects(taker.take({ channel: "101" }), { code: "ISAPI_BUSY" });
      assert.deepEqual(paths(), [BY_STREAM, BY_STREAM, BY_STREAM]);
    });
  }

  it("reports an XML error with HTTP 200, and rejects other documents", async () => {
    await start();
    respondAt(BY_STREAM, refuse(200, 4, "lowPrivilege"));
    await assert.rejects(taker.take({ channel: "101" }), { subStatusCode: "lowPrivilege" });
    const cutOff = { status: 200, type: "image/jpeg", body: jpeg().subarray(0, -100) };
    for (const path of [BY_STREAM, BY_CHANNEL, BEHIND_PROXY]) respondAt(path, cutOff);
    await assert.rejects(taker.take({ channel: "101" }), { code: "ISAPI_REPLY" });
  });

  for (const status of [200, 302, 400, 403, 404, 500, 503]) {
    it(`sends at most 4 requests if every response is ${status}`, async () => {
      await start();
      for (const path of [BY_STREAM, BY_CHANNEL, BEHIND_PROXY]) {
        device.handlers.set(path, () => ({ status, type: "text/html", body: "<html>no</html>" }));
      }
      await assert.rejects(taker.take({ channel: "101" }));
      assert.ok(device.requests.length <= 4, `${device.requests.length} requests`);
    });
  }

  it("rejects an invalid channel", async () => {
    await start();
    await assert.rejects(taker.take({ channel: "gate" }), { code: "CONFIG_INVALID" });
    assert.equal(device.requests.length, 0);
  });

  it("leaves no listener on the signal, even if the device is often busy", async () => {
    await start();
    const { signal } = new AbortController();
    for (let count = 0; count < 3; count += 1) {
      respondAt(BY_STREAM, refuse(503, 2, "deviceBusy"), refuse(503, 2, "deviceBusy"));
      await taker.take({ channel: "101", signal });
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
