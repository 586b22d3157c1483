import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import isapiRequest from "../../nodes/isapi-request/runtime";
import isapiSnapshot from "../../nodes/isapi-snapshot/runtime";
import type { ArmedEvent } from "../../src/isapi/device/arming";
import { imageType } from "../../src/media/sniff";
import { jpeg } from "../servers/isapi/alerts";
import { responseStatus } from "../servers/isapi/documents";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedDevice } from "../servers/isapi-device";
import { assertNoSecrets } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  image?: object;
  statusCode?: number;
  other?: number;
}

const credentials = { username: "flow", password: "s3cret:pass" };

describe("the nodes with requests to ISAPI devices", () => {
  let device: SimulatedDevice;
  beforeEach(async () => {
    device = await SimulatedDevice.start({ channels: ["Gate", "Yard"] });
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  const wire = (
    initializer: NodeInitializer,
    config: { type: string; [property: string]: unknown },
    settings: object = {},
    secrets: object = credentials,
  ): Promise<WiredNode<Output>> =>
    wireNode<Output>(
      initializer,
      { device: "dev", ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url, ...settings }],
        credentials: { dev: secrets },
      },
    );
  const snapshot = (config: object = {}) =>
    wire(isapiSnapshot, { type: "isapi-snapshot", channel: "101", ...config });
  const request = (config: object = {}) => wire(isapiRequest, { type: "isapi-request", ...config });

  describe("isapi-snapshot", () => {
    it("sets msg.payload to the image and msg.image to its properties, and keeps other properties", async () => {
      const { handle, received } = await snapshot();
      assert.equal(await handle({ other: 5 }), undefined);
      const [msg] = received;
      assert.ok(imageType(msg?.payload as Buffer) === "image/jpeg");
      const { time, ...image } = msg?.image as { time: string };
      assert.deepEqual(image, { mimeType: "image/jpeg", width: 1920, height: 1080, channel: "101" });
      assert.ok(Date.parse(time) > 0);
      assert.equal(msg?.other, 5);
    });

    it("accepts channel, stream and size in the message", async () => {
      const { handle, received } = await snapshot();
      await handle({ channel: 2, stream: "sub", width: "320", height: 180 });
      assert.match(device.requests.at(-1)?.url ?? "", /\/202\/picture\?videoResolutionWidth=320/);
      assert.equal(received.length, 1);
    });

    it("reports errors with a code, and sends nothing", async () => {
      const { handle, received } = await snapshot();
      assert.equal((await handle({ channel: "901" }))?.code, "ISAPI_NOT_FOUND");
      assert.equal((await handle({ channel: "x" }))?.code, "CONFIG_INVALID");
      assert.equal(received.length, 0);
    });

    it("reports that no device is chosen", async () => {
      const { handle } = await snapshot({ device: "" });
      assert.equal((await handle({}))?.code, "CONFIG_INVALID");
    });
  });

  describe("isapi-request", () => {
    it("converts XML to an object", async () => {
      const { handle, received } = await request({ path: "/ISAPI/System/Video/inputs/channels" });
      await handle({});
      const { VideoInputChannelList: list } = received[0]?.payload as Record<
        string,
        Record<string, object[]>
      >;
      assert.equal((list?.VideoInputChannel as { name: string }[])[1]?.name, "Yard");
      assert.equal(received[0]?.statusCode, 200);
    });

    it("sends an object as XML, or as JSON if the path says so", async () => {
      const { handle } = await request({ method: "PUT", path: "/ISAPI/System/time" });
      assert.equal(await handle({ payload: { Time: { timeMode: "manual" } } }), undefined);
      assert.match(
        device.requests.at(-1)?.body ?? "",
        /<Time version="2.0" xmlns=".*"><timeMode>manual<\/timeMode><\/Time>/,
      );
      device.handlers.set("/ISAPI/json", () => ({
        status: 200,
        type: "application/json",
        body: '{"statusCode":1,"a":["1"]}',
      }));
      await handle({ path: "/ISAPI/json?format=json", method: "post", payload: { a: 1 } });
      assert.equal(device.requests.at(-1)?.body, '{"a":1}');
    });

    it("sends no payload with GET", async () => {
      const { handle } = await request({ path: "/ISAPI/System/time" });
      await handle({ payload: 1_700_000_000_000 });
      assert.equal(device.requests.at(-1)?.body, "");
    });

    it("returns the response as text or bytes if configured", async () => {
      const { handle, received } = await request({ path: "/ISAPI/System/time", ret: "txt" });
      await handle({});
      assert.match(received[0]?.payload as string, /^<\?xml/);
    });

    it("reports the device's codes and their meaning", async () => {
      device.handlers.set("/ISAPI/x", ({ url }) => ({
        status: 403,
        body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
      }));
      const { handle } = await request({ path: "/ISAPI/x" });
      const error = await handle({});
      assert.equal(error?.code, "ISAPI_FORBIDDEN");
      assert.match(error.message, /no permission/);
    });

    it("saves a response to a file, completely or not at all", async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), "isapi-"));
      try {
        const { handle, received } = await request({ path: "/ISAPI/ContentMgmt/download" });
        const recording = jpeg(300_000);
        device.handlers.set("/ISAPI/ContentMgmt/download", () => ({
          status: 200,
          type: "video/mpeg",
          body: recording,
        }));
        const filename = path.join(folder, "a.mp4");
        await handle({ filename });
        assert.deepEqual(received[0]?.payload, { file: filename, bytes: recording.length });
        assert.deepEqual(await readFile(filename), recording);
        device.handlers.set("/ISAPI/ContentMgmt/download", () => ({
          status: 200,
          body: "short",
          headers: { "Content-Length": "500", Connection: "close" },
        }));
        assert.ok(await handle({ filename: path.join(folder, "b.mp4") }));
        assert.deepEqual(await readdir(folder), ["a.mp4"]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("distinguishes a full disk and a missing folder from a broken connection", async function () {
      if (process.platform !== "linux") this.skip();
      const folder = await mkdtemp(path.join(os.tmpdir(), "isapi-"));
      try {
        const { handle } = await request({ path: "/ISAPI/System/time" });
        const filename = path.join(folder, "time.xml");
        await symlink("/dev/full", `${filename}.part`);
        const full = await handle({ filename });
        assert.equal(full?.code, "FILE_WRITE");
        assert.match(full.message, /time\.xml cannot be written: .*Free some space/);
        assert.equal((await handle({ filename: path.join(folder, "none", "a.xml") }))?.code, "FILE_WRITE");
        assert.deepEqual(await readdir(folder), []);
        device.handlers.set("/ISAPI/System/time", () => ({
          status: 200,
          body: "short",
          headers: { "Content-Length": "500", Connection: "close" },
        }));
        const lost = await handle({ filename });
        assert.equal(lost?.code, "CONNECTION_LOST");
        assert.ok(lost.message.includes(`127.0.0.1:${device.port}`), lost.message);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("does not reveal the password", async () => {
      const { handle, node } = await wire(
        isapiRequest,
        { type: "isapi-request", path: "/ISAPI/System/time" },
        {},
        {
          username: "flow",
          password: "wrong-s3cret",
        },
      );
      assert.equal((await handle({}))?.code, "ISAPI_AUTH");
      assertNoSecrets(node, ["wrong-s3cret"]);
    });
  });

  describe("isapi-config in the editor", () => {
    it("tests a connection: model, firmware, channels", async () => {
      await request();
      const { body } = (await helper
        .request()
        .post("/isapi-config/test")
        .send({ url: device.url, ...credentials })
        .expect(200)) as { body: unknown };
      assert.equal((body as { model: string }).model, "TC-2143");
      assert.equal((body as { firmware: string }).firmware, "V5.7.3");
      assert.equal((body as { channels: object[] }).channels.length, 2);
    });

    it("returns which events are armed, and which of them are sent", async () => {
      await request();
      new SimulatedSettings(device, { triggers: { "fielddetection-1": "", "fielddetection-2": "center" } });
      const { body } = (await helper
        .request()
        .post("/isapi-config/test")
        .send({ url: device.url, ...credentials })
        .expect(200)) as { body: { events: ArmedEvent[] } };
      assert.deepEqual(
        body.events.map(({ event, channelName, armed, linked }) => [event, channelName, armed, linked]),
        [
          ["fielddetection", "Gate", true, false],
          ["fielddetection", "Yard", true, true],
        ],
      );
    });

    it("succeeds in the test if a device does not list its events", async () => {
      await request();
      const { body } = (await helper
        .request()
        .post("/isapi-config/test")
        .send({ url: device.url, ...credentials })
        .expect(200)) as { body: { model: string; eventsError: string } };
      assert.equal(body.model, "TC-2143");
      assert.match(body.eventsError, /triggers/);
    });

    it("uses the stored password for the stored address only", async () => {
      await request();
      const stored = { id: "dev", username: "flow", password: "__PWRD__" };
      await helper
        .request()
        .post("/isapi-config/test")
        .send({ ...stored, url: device.url })
        .expect(200);
      const other = await SimulatedDevice.start();
      try {
        await helper
          .request()
          .post("/isapi-config/test")
          .send({ ...stored, url: other.url })
          .expect(400);
        assert.equal(other.requests.length, 0);
      } finally {
        await other.close();
      }
    });

    it("resolves no variable in a typed address or password", async () => {
      await request();
      process.env.ISAPI_ADMIN_SECRET = "env-s3cret";
      const post = (body: object): Promise<unknown> => helper.request().post("/isapi-config/test").send(body);
      await post({ ...credentials, url: "http://${ISAPI_ADMIN_SECRET}.example" });
      await post({ url: device.url, username: "${ISAPI_ADMIN_SECRET}", password: "${ISAPI_ADMIN_SECRET}" });
      delete process.env.ISAPI_ADMIN_SECRET;
      const sent = JSON.stringify(device.requests);
      assert.ok(!sent.includes("env-s3cret"), sent);
    });

    it("sends the same wrong password once, and does not reveal it", async () => {
      await request();
      const wrong = { url: device.url, username: "flow", password: "wrong-s3cret" };
      for (const code of ["ISAPI_AUTH", "ISAPI_LOCKED", "ISAPI_LOCKED"]) {
        const { body, text } = (await helper
          .request()
          .post("/isapi-config/test")
          .send(wrong)
          .expect(502)) as { body: unknown; text: string };
        assert.equal((body as { code: string }).code, code);
        assert.ok(!text.includes("wrong-s3cret"));
      }
      assert.equal(device.guard.failures, 1);
    });

    it("lists the channels of a deployed device", async () => {
      await request();
      const { body } = (await helper.request().get("/isapi-config/dev/channels").expect(200)) as {
        body: unknown;
      };
      assert.deepEqual((body as { channels: object[] }).channels[0], {
        id: "1",
        name: "Gate",
        proxied: false,
      });
      await helper.request().get("/isapi-config/none/channels").expect(400);
    });
  });
});
