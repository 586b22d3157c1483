import assert from "node:assert/strict";
import { responseStatus } from "../../../servers/isapi/documents";
import { assertSame, OperationRig } from "../../../support/operation-rig";

const MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection";
const PROXIED = "/ISAPI/ContentMgmt/InputProxy/channels/1/video/motionDetection";
const NOTIFICATIONS = "/ISAPI/Event/triggers/VMD-1/notifications";
const METADATA = "/ISAPI/Streaming/channels/1/metadata";
const LINES = "/ISAPI/Smart/LineDetection/1";

describe("runOperation", () => {
  let rig: OperationRig;
  afterEach(() => rig.end());

  describe("switches", () => {
    for (const [id, path, isOn] of [
      ["motionDetection", MOTION, false],
      ["lineDetection", LINES, false],
      ["fieldDetection", "/ISAPI/Smart/FieldDetection/1", true],
      ["regionEntrance", "/ISAPI/Smart/regionEntrance/1", false],
      ["regionExiting", "/ISAPI/Smart/regionExiting/1", false],
    ] as const) {
      it(`turn ${id} on and off, and keep the rest of the document`, async () => {
        rig = await OperationRig.start();
        const before = rig.document(path);
        assert.equal((await rig.run(id)).payload.enabled, isOn);
        const { payload } = await rig.run(id, { state: isOn ? "off" : "on" });
        assert.deepEqual([payload.enabled, payload.changed], [!isOn, true]);
        assert.equal((payload.ResponseStatus as { statusCode: string }).statusCode, "1");
        // Only the first one in the document: regions and lines have their own.
        assertSame(rig.document(path), before.replace(`<enabled>${isOn}<`, `<enabled>${!isOn}<`));
        await rig.run(id, { state: isOn ? "on" : "off" });
        assertSame(rig.document(path), before);
      });
    }

    it("send no PUT if the setting already has the value", async () => {
      rig = await OperationRig.start();
      const { payload, status } = await rig.run("motionDetection", { state: "off" });
      assert.deepEqual([payload.enabled, payload.changed, status], [false, false, 200]);
      assert.deepEqual(rig.sent("PUT"), []);
      const { MotionDetection } = payload.document as { MotionDetection: Record<string, unknown> };
      assert.equal(MotionDetection.regionType, "grid");
    });

    it("use the requested channel", async () => {
      rig = await OperationRig.start();
      await rig.run("lineDetection", { channel: "2", state: "on" });
      assert.deepEqual(rig.sent("PUT"), ["/ISAPI/Smart/LineDetection/2"]);
      assert.match(rig.document("/ISAPI/Smart/LineDetection/2"), /<id>2<\/id>\s*<enabled>true</);
    });

    it("find the motion detection of a camera behind a recorder", async () => {
      rig = await OperationRig.start({ device: { kind: "nvr" } });
      await rig.run("motionDetection", { state: "on" });
      assert.match(rig.document(PROXIED), /<enabled>true</);
      assert.deepEqual(rig.sent("PUT"), [PROXIED]);
    });

    it("keep prefixes, comments and entities, also after a BOM", async () => {
      rig = await OperationRig.start();
      const own =
        '<?xml version="1.0"?><!-- by hand --><hik:MotionDetection xmlns:hik="http://x" a=\'say "x"\'>' +
        '<hik:enabled opt="true,false">1</hik:enabled><hik:n>R&amp;D &#228;<![CDATA[<b>]]></hik:n></hik:MotionDetection>';
      let now = own;
      rig.device.handlers.set(MOTION, ({ method, url, body }) => {
        if (method === "GET") return { status: 200, body: `\uFEFF${now}` };
        now = body;
        return { status: 200, body: responseStatus(url, 1, "OK", "ok") };
      });
      await rig.run("motionDetection", { state: "off" });
      assert.equal(now, own.replace(">1<", ">0<"));
    });

    it("run one after the other, so that no change undoes another", async () => {
      rig = await OperationRig.start();
      await Promise.all([
        rig.run("metadata", { state: "on", metadataType: "thermometry" }),
        rig.run("metadata", { state: "on", metadataType: "fireDetection" }),
        rig.run("motionDetection", { state: "on" }),
      ]);
      assert.equal((rig.document(METADATA).match(/<enable>true</g) ?? []).length, 2);
      assert.match(rig.document(MOTION), /<enabled>true</);
    });

    it("continue after a failed change", async () => {
      rig = await OperationRig.start();
      rig.settings.failures.push({ status: 503, body: responseStatus("/", 2, "Device Busy", "deviceBusy") });
      const [first, second] = await Promise.allSettled([
        rig.run("motionDetection", { state: "on" }),
        rig.run("motionDetection", { state: "on" }),
      ]);
      assert.deepEqual([first.status, second.status], ["rejected", "fulfilled"]);
    });

    it("accept a change that needs a restart", async () => {
      rig = await OperationRig.start({ settings: { needsRestart: true, forgets: true } });
      const { payload } = await rig.run("motionDetection", { state: "on" });
      assert.equal((payload.ResponseStatus as { statusCode: string }).statusCode, "7");
      assert.equal(payload.changed, true);
    });

    it("report a device that responds OK but does not store the change", async () => {
      rig = await OperationRig.start({ settings: { forgets: true } });
      await assert.rejects(rig.run("motionDetection", { state: "on" }), { code: "ISAPI_NOT_APPLIED" });
    });
  });

  describe("Notify Surveillance Center", () => {
    it("is added to the other notifications", async () => {
      rig = await OperationRig.start();
      const before = rig.document(NOTIFICATIONS);
      assert.equal((await rig.run("notifyCenter")).payload.enabled, false);
      const { payload } = await rig.run("notifyCenter", { state: "on" });
      assert.deepEqual([payload.enabled, payload.changed], [true, true]);
      assert.match(rig.document(NOTIFICATIONS), /record-1[^]*<notificationMethod>center</);
      assert.equal((await rig.run("notifyCenter", { state: "on" })).payload.changed, false);
      await rig.run("notifyCenter", { state: "off" });
      assertSame(rig.document(NOTIFICATIONS), before);
    });

    it("is added as the first notification", async () => {
      rig = await OperationRig.start();
      await rig.run("notifyCenter", { event: "linedetection", state: "on" });
      assert.match(rig.document("/ISAPI/Event/triggers/linedetection-1/notifications"), />center</);
    });

    for (const triggers of [{ "VMD-1": "record" }, { "VMD-1": "" }]) {
      it(`is added to ${triggers["VMD-1"] || "an empty list"} on a recorder, in the recorder's own form`, async () => {
        rig = await OperationRig.start({ device: { kind: "nvr" }, settings: { triggers } });
        const { payload } = await rig.run("notifyCenter", { state: "on" });
        assert.deepEqual([payload.enabled, payload.changed], [true, true]);
        assert.match(
          rig.document(NOTIFICATIONS),
          /<EventTriggerNotification>\s*<id>center<\/id>\s*<notificationMethod>center<\/notificationMethod>\s*<\/EventTriggerNotification>/,
        );
      });
    }

    it("has a recurrence if the camera's other notifications have one", async () => {
      rig = await OperationRig.start();
      await rig.run("notifyCenter", { state: "on" });
      assert.match(
        rig.document(NOTIFICATIONS),
        />center<\/notificationMethod>\s*<notificationRecurrence>beginning</,
      );
    });

    it("is switched for an event of the device, and for a trigger by its full name", async () => {
      rig = await OperationRig.start();
      await rig.run("notifyCenter", { event: "diskfull", channel: "2", state: "on" });
      await rig.run("notifyCenter", { event: "VMD-1", channel: "2", state: "on" });
      assert.deepEqual(rig.sent("PUT"), ["/ISAPI/Event/triggers/diskfull/notifications", NOTIFICATIONS]);
    });

    it("explains a device that always responds busy", async () => {
      rig = await OperationRig.start();
      await assert.rejects(rig.run("notifyCenter", { event: "none" }), {
        code: "ISAPI_BUSY",
        message: /do not support the event/,
        statusCode: "2",
      });
    });
  });

  describe("metadata", () => {
    it("is switched for all kinds or for one", async () => {
      rig = await OperationRig.start();
      await rig.run("metadata", { state: "on", metadataType: "Thermometry" });
      assert.match(
        rig.document(METADATA),
        /thermometry<\/type><enable>true<[^]*fireDetection<\/type><enable>false</,
      );
      await rig.run("metadata", { state: "on" });
      assert.doesNotMatch(rig.document(METADATA), /<enable>false</);
    });

    it("reports a kind that the device does not support", async () => {
      rig = await OperationRig.start();
      await assert.rejects(rig.run("metadata", { state: "on", metadataType: "faceSnap" }), {
        code: "ISAPI_REPLY",
      });
    });
  });

  describe("alarm outputs", () => {
    it("are switched and read", async () => {
      rig = await OperationRig.start();
      const on = await rig.run("alarmOutput", { port: "2", state: "on" });
      assert.equal(on.payload.enabled, true);
      assert.equal((await rig.run("alarmOutput", { port: "2" })).payload.enabled, true);
      await rig.run("alarmOutput", { port: "2", state: "off" });
      assert.equal((await rig.run("alarmOutput", { port: "2" })).payload.enabled, false);
      assert.deepEqual(rig.settings.outputs, [
        [2, "high"],
        [2, "low"],
      ]);
    });

    it("are found behind a recorder", async () => {
      rig = await OperationRig.start({ device: { kind: "nvr" } });
      await rig.run("alarmOutput", { port: "2", state: "on" });
      assert.deepEqual(rig.settings.outputs, [[2, "high"]]);
    });

    it("are reported as missing", async () => {
      rig = await OperationRig.start();
      await assert.rejects(rig.run("alarmOutput", { port: "9", state: "on" }), { code: "ISAPI_NOT_FOUND" });
    });
  });
});
