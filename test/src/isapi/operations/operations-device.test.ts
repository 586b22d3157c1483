import assert from "node:assert/strict";
import { responseStatus } from "../../../servers/isapi/documents";
import { assertSame, OperationRig } from "../../../support/operation-rig";

const MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection";
const TIME = "/ISAPI/System/time";
const LINES = "/ISAPI/Smart/LineDetection/1";

describe("runOperation on the device itself, and its errors", () => {
  let rig: OperationRig;
  afterEach(() => rig.end());

  describe("the device", () => {
    it("reads the device's information, status and time", async () => {
      rig = await OperationRig.start();
      const { payload } = await rig.run("deviceInfo");
      assert.equal((payload.DeviceInfo as { model: string }).model, "TC-2143");
      assert.equal(
        ((await rig.run("deviceStatus")).payload.DeviceStatus as { deviceUpTime: string }).deviceUpTime,
        "3600",
      );
      assert.equal(((await rig.run("time")).payload.Time as { timeMode: string }).timeMode, "NTP");
    });

    it("sets the clock in the device's own zone", async () => {
      rig = await OperationRig.start();
      const before = rig.document(TIME);
      const { payload } = await rig.run("setTime", {}, { time: Date.parse("2026-07-01T12:00:00Z") });
      assert.equal(payload.localTime, "2026-07-01T14:00:00+02:00");
      assertSame(
        rig.document(TIME),
        before
          .replace("<timeMode>NTP", "<timeMode>manual")
          .replace("2025-03-04T05:06:07+02:00", "2026-07-01T14:00:00+02:00"),
      );
    });

    for (const [zone, localTime, expected] of [
      ["CST+5:30:00", "2025-03-04T05:06:07", "2026-07-01T06:30:00"],
      [
        "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00",
        "2025-03-04T05:06:07Z",
        "2026-07-01T14:00:00+02:00",
      ],
      ["?", "2025-03-04T05:06:07-03:30", "2026-07-01T08:30:00-03:30"],
    ] as const) {
      it(`sets the clock of a device with ${localTime} in the zone ${zone}`, async () => {
        rig = await OperationRig.start();
        const path = TIME;
        rig.settings.documents.set(
          path,
          rig.document(path).replace("CST-2:00:00", zone).replace("2025-03-04T05:06:07+02:00", localTime),
        );
        assert.equal((await rig.run("setTime")).payload.localTime, expected);
      });
    }

    it("restarts", async () => {
      rig = await OperationRig.start();
      const { payload } = await rig.run("reboot");
      assert.equal(rig.settings.restarts, 1);
      assert.equal((payload.ResponseStatus as { statusCode: string }).statusCode, "1");
    });
  });

  describe("fails", () => {
    const response = (status: number, statusCode: number, sub: string) => ({
      status,
      body: responseStatus("/", statusCode, "", sub),
    });
    for (const [what, failure, code] of [
      ["if the device is busy", response(503, 2, "deviceBusy"), "ISAPI_BUSY"],
      ["if the user has no permission", response(403, 4, "lowPrivilege"), "ISAPI_FORBIDDEN"],
      ["if the device reports an error", response(500, 3, "deviceError"), "ISAPI_STATUS"],
      ["if it responds with a web page", { status: 200, type: "text/html", body: "<p>" }, "ISAPI_REPLY"],
      ["if the response is empty", { status: 200, body: "" }, "ISAPI_REPLY"],
      [
        "if it responds with another document",
        { status: 200, body: "<Other><a>1</a></Other>" },
        "ISAPI_REPLY",
      ],
    ] as const) {
      it(`${what}, and changes nothing`, async () => {
        rig = await OperationRig.start();
        rig.settings.failures.push(failure);
        await assert.rejects(rig.run("lineDetection", { state: "on" }), { code });
        assert.deepEqual(rig.sent("PUT"), []);
      });
    }

    it("if neither the camera's nor the recorder's path exists, with the device's reasons", async () => {
      rig = await OperationRig.start();
      rig.device.handlers.delete(MOTION);
      await assert.rejects(rig.run("motionDetection", { state: "on" }), {
        code: "ISAPI_NOT_FOUND",
        message: /does not support motionDetection/,
      });
    });

    it("if the device refuses a PUT, with the device's own codes", async () => {
      rig = await OperationRig.start();
      rig.device.handlers.set(LINES, ({ method, url }) =>
        method === "GET"
          ? { status: 200, body: rig.document(LINES) }
          : { status: 400, body: responseStatus(url, 6, "Invalid XML Content", "badXmlContent") },
      );
      await assert.rejects(rig.run("lineDetection", { state: "on" }), {
        code: "ISAPI_STATUS",
        subStatusCode: "badXmlContent",
      });
    });

    it("with a wrong password, once", async () => {
      rig = await OperationRig.start({ password: "wrong" });
      await assert.rejects(rig.run("motionDetection", { state: "on" }), { code: "ISAPI_AUTH" });
      assert.equal(rig.device.guard.failures, 1);
    });

    it("if the connection is lost during a change", async () => {
      rig = await OperationRig.start();
      rig.device.handlers.set(LINES, ({ method }) =>
        method === "GET"
          ? { status: 200, body: rig.document(LINES) }
          : { status: 200, respond: (response) => response.destroy() },
      );
      await assert.rejects(rig.run("lineDetection", { state: "on" }), { code: "CONNECTION_LOST" });
    });

    it("if the device does not respond in time", async () => {
      rig = await OperationRig.start();
      let release = (): void => undefined;
      const after = new Promise<void>((resolve) => {
        release = resolve;
      });
      rig.settings.failures.push({ status: 200, body: "", after });
      await assert.rejects(rig.run("lineDetection", { state: "on" }), { code: "TIMEOUT" });
      release();
    });

    it("if it is cancelled", async () => {
      rig = await OperationRig.start();
      const cancel = new AbortController();
      cancel.abort();
      await assert.rejects(rig.run("lineDetection", { state: "on" }, { signal: cancel.signal }), {
        code: "CLOSED",
      });
    });
  });
});
