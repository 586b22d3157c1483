import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import isapiRequest from "../../nodes/isapi-request/runtime";
import { operations, parameterNames } from "../../src/isapi/operations/catalogue";
import { responseStatus } from "../servers/isapi/documents";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedDevice } from "../servers/isapi-device";
import { assertNoSecrets } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  payload: Record<string, unknown>;
  statusCode?: number;
  headers?: object;
  other?: number;
}

const MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection";
const BODY = '<Time version="2.0"><timeMode>manual</timeMode></Time>';

describe("the isapi-request node", () => {
  let device: SimulatedDevice;
  let settings: SimulatedSettings;
  beforeEach(async () => {
    device = await SimulatedDevice.start({ channels: ["Gate", "Yard"] });
    settings = new SimulatedSettings(device);
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  const wire = (config: object = {}, password = "s3cret:pass"): Promise<WiredNode<Output>> =>
    wireNode<Output>(
      isapiRequest,
      { device: "dev", type: "isapi-request", ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url, timeout: "1" }],
        credentials: { dev: { username: "flow", password } },
      },
    );
  const puts = (): string[] =>
    device.requests.filter(({ method, status }) => method === "PUT" && status !== 401).map(({ url }) => url);
  const isOn = (): boolean => settings.documents.get(MOTION)?.includes("<enabled>true<") ?? false;

  describe("with an operation", () => {
    it("switches the configured detection, and returns the new state", async () => {
      const { handle, received } = await wire({ operation: "motionDetection", channel: "1", state: "on" });
      assert.equal(await handle({ payload: 1_700_000_000_000, other: 5 }), undefined);
      assert.equal(isOn(), true);
      const [msg] = received;
      assert.deepEqual(
        [msg?.payload.enabled, msg?.payload.changed, msg?.statusCode, msg?.other],
        [true, true, 200, 5],
      );
      await handle({});
      assert.equal(received[1]?.payload.changed, false);
      assert.equal(puts().length, 1);
    });

    it("reads the state by default", async () => {
      const { handle, received } = await wire({ operation: "motionDetection" });
      await handle({ payload: true });
      assert.equal(received[0]?.payload.enabled, false);
      assert.deepEqual(puts(), []);
    });

    it("uses the payload as state if configured, and rejects unclear payloads", async () => {
      const { handle, received } = await wire({ operation: "motionDetection", state: "payload" });
      for (const [payload, expected] of [
        [true, true],
        ["off", false],
        [1, true],
        ["false", false],
      ] as const) {
        await handle({ payload });
        assert.equal(isOn(), expected);
      }
      for (const payload of [1_700_000_000_000, "", undefined, {}, "maybe"]) {
        assert.equal((await handle({ payload }))?.code, "CONFIG_INVALID");
      }
      assert.equal(received.length, 4);
    });

    it("accepts operation, channel, output, trigger and state in the message", async () => {
      const { handle, received } = await wire({ operation: "msg", state: "read" });
      await handle({ operation: "motionDetection", channel: 2, state: true });
      await handle({ operation: "alarmOutput", output: 2, state: "on" });
      await handle({ operation: "notifyCenter", trigger: "linedetection", state: "on" });
      assert.deepEqual(puts(), [
        MOTION.replace("/1/", "/2/"),
        "/ISAPI/System/IO/outputs/2/trigger",
        "/ISAPI/Event/triggers/linedetection-1/notifications",
      ]);
      assert.deepEqual(settings.outputs, [[2, "high"]]);
      assert.equal(received.length, 3);
    });

    it("ignores an operation in the message unless configured", async () => {
      const { handle, received } = await wire({ path: "/ISAPI/System/deviceInfo" });
      await handle({ operation: "time" });
      await helper.unload();
      const other = await wire({ operation: "deviceStatus" });
      await other.handle({ operation: "time" });
      assert.ok(received[0]?.payload.DeviceInfo);
      assert.ok(other.received[0]?.payload.DeviceStatus);
    });

    it("ignores properties that core nodes set", async () => {
      const { handle } = await wire({ operation: "alarmOutput", state: "on" });
      // From udp in and watch.
      await handle({ port: 50123, event: "update" });
      assert.deepEqual(settings.outputs, [[1, "high"]]);
    });

    it("restarts the device only if configured", async () => {
      const { handle } = await wire({ operation: "msg" });
      assert.equal((await handle({ operation: "reboot" }))?.code, "CONFIG_INVALID");
      assert.equal(settings.restarts, 0);
      await helper.unload();
      const other = await wire({ operation: "reboot" });
      assert.equal(await other.handle({}), undefined);
      assert.equal(settings.restarts, 1);
    });

    it("sets the clock to the message's time", async () => {
      const { handle, received } = await wire({ operation: "setTime" });
      await handle({ time: "2026-07-01T12:00:00Z" });
      assert.equal(received[0]?.payload.localTime, "2026-07-01T14:00:00+02:00");
      assert.equal((await handle({ time: "noon" }))?.code, "CONFIG_INVALID");
    });

    it("reports errors of the device with their codes to catch nodes", async () => {
      const { handle, received } = await wire({ operation: "lineDetection", channel: "9", state: "on" });
      assert.equal((await handle({}))?.code, "ISAPI_NOT_FOUND");
      settings.failures.push({ status: 503, body: responseStatus("/", 2, "Device Busy", "deviceBusy") });
      assert.equal((await handle({ channel: 1 }))?.code, "ISAPI_BUSY");
      assert.deepEqual(received, []);
    });

    it("sends a wrong password once, and does not reveal it", async () => {
      const { handle, node } = await wire({ operation: "motionDetection", state: "on" }, "wrong-s3cret");
      assert.equal((await handle({}))?.code, "ISAPI_AUTH");
      assert.equal((await handle({}))?.code, "ISAPI_LOCKED");
      assert.equal(device.guard.failures, 1);
      assertNoSecrets(node, ["wrong-s3cret"]);
    });
  });

  describe("with a configured body", () => {
    const seen = (): string => device.requests.at(-1)?.body ?? "";
    beforeEach(() => {
      device.handlers.set("/ISAPI/x", ({ url }) => ({
        status: 200,
        body: responseStatus(url, 1, "OK", "ok"),
      }));
    });

    it("sends it with any payload", async () => {
      const { handle } = await wire({ method: "PUT", path: "/ISAPI/x", body: BODY });
      await handle({ payload: 1_700_000_000_000 });
      assert.equal(seen(), BODY);
    });

    it("sends the message's body instead", async () => {
      const { handle } = await wire({ method: "PUT", path: "/ISAPI/x", body: BODY });
      await handle({ body: "<Other/>", payload: "<No/>" });
      assert.equal(seen(), "<Other/>");
    });

    it("sends no body with GET", async () => {
      const { handle } = await wire({ method: "PUT", path: "/ISAPI/x", body: BODY });
      await handle({ method: "GET" });
      assert.equal(seen(), "");
    });

    it("sends none with GET, which a blank method means", async () => {
      const { handle } = await wire({ method: "PUT", path: "/ISAPI/x", body: BODY });
      await handle({ method: "" });
      assert.equal(device.requests.at(-1)?.method, "GET");
      assert.equal(seen(), "");
    });

    it("sends the payload if it is empty, as in older versions", async () => {
      const { handle } = await wire({ method: "PUT", path: "/ISAPI/x", body: " " });
      await handle({ payload: { Time: { timeMode: "NTP" } } });
      assert.match(seen(), /<timeMode>NTP</);
    });
  });

  it("has every operation in its dialog, and a field for every parameter", async () => {
    const html = await readFile(path.resolve(__dirname, "../../nodes/isapi-request/dialog.html"), "utf8");
    const select = /<select id="node-input-operation"[^>]*>[^]*?<\/select>/.exec(html)?.[0] ?? "";
    const listed = [...select.matchAll(/value="(\w+)" data-i18n="operation\.(\w+)"/g)].map(([, id, key]) => {
      assert.equal(id, key);
      return id;
    });
    assert.deepEqual(listed, ["msg", ...operations.map(({ id }) => id)]);
    for (const name of parameterNames) {
      assert.match(html, new RegExp(`id="isapi-request-${name}"[^]*id="node-input-${name}"`));
    }
  });
});
