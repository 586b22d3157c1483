import assert from "node:assert/strict";
import { once } from "node:events";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import { PtzController, type PtzCommand } from "../../../../src/isapi/ptz/controller";
import { responseStatus } from "../../../servers/isapi/documents";
import { SimulatedPtz, type PtzAction, type PtzOptions } from "../../../servers/isapi/ptz";
import { SimulatedDevice, type SimulatedResponse } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

const refuse = (status: number, statusCode: number, sub: string): SimulatedResponse => ({
  status,
  body: responseStatus("/", statusCode, "", sub),
});
const busy = refuse(503, 2, "deviceBusy");

describe("PtzController", () => {
  let device: SimulatedDevice;
  let ptz: SimulatedPtz;
  let connected: IsapiDevice;
  let controller: PtzController;
  let clock: ManualClock;
  let failedStops: unknown[];
  afterEach(async () => {
    await controller.close();
    await connected.close();
    await device.close();
  });

  async function start(options: Partial<PtzOptions> = {}, timeout = 10): Promise<void> {
    device = await SimulatedDevice.start({ kind: options.proxied === true ? "nvr" : "camera" });
    ptz = new SimulatedPtz(device, options);
    clock = new ManualClock();
    connected = new IsapiDevice({
      url: device.url,
      username: "flow",
      password: "s3cret:pass",
      timeout,
      clock,
    });
    failedStops = [];
    controller = new PtzController(connected, { stopFailed: (thrown) => failedStops.push(thrown) });
  }
  const run = (command: PtzCommand, channel = "1"): Promise<unknown> => controller.run(channel, command);
  const move = (pan: number, seconds = 2, tilt = 0, zoom = 0): PtzCommand => ({
    command: "continuous",
    speeds: { pan, tilt, zoom },
    seconds,
  });
  const nextAction = async (): Promise<PtzAction> => (await once(ptz, "action"))[0] as PtzAction;
  const stopped: PtzAction = ["continuous", 0, 0, 0];

  it("moves, and stops after the duration", async () => {
    await start();
    assert.deepEqual(await run(move(30, 2, -20, 10)), { pan: 30, tilt: -20, zoom: 10, duration: 2 });
    assert.deepEqual(ptz.actions, [["continuous", 30, -20, 10]]);
    clock.advance(1.9);
    assert.ok(ptz.isMoving);
    clock.advance(0.1);
    await nextAction();
    assert.deepEqual(ptz.actions.at(-1), stopped);
  });

  it("restarts the duration when a movement replaces another", async () => {
    await start();
    await run(move(30, 2));
    clock.advance(1.5);
    await run(move(-30, 2));
    clock.advance(1.5);
    assert.equal(clock.pending, 1);
    assert.equal(ptz.speed.pan, -30);
    clock.advance(0.5);
    assert.deepEqual(await nextAction(), stopped);
  });

  it("limits the speed to the channel's range", async () => {
    await start({ maxSpeed: 60 });
    assert.deepEqual(await run(move(100)), { pan: 60, tilt: 0, zoom: 0, duration: 2 });
    assert.deepEqual(await run(move(-100)), { pan: -60, tilt: 0, zoom: 0, duration: 2 });
    assert.deepEqual(ptz.actions[0], ["continuous", 60, 0, 0]);
  });

  it("leaves the end of a momentary movement to the device", async () => {
    await start();
    await run({ command: "momentary", speeds: { pan: 10, tilt: 0, zoom: 0 }, seconds: 0.5 });
    clock.advance(1);
    await controller.close();
    assert.deepEqual(ptz.actions, [["momentary", 10, 0, 0, 500]]);
  });

  it("turns focus and iris, and stops each after its duration", async () => {
    await start();
    await run({ command: "focus", speed: 40, seconds: 1 });
    await run({ command: "iris", speed: -40, seconds: 2 });
    clock.advance(1);
    assert.deepEqual(await nextAction(), ["focus", 0]);
    assert.equal(ptz.lens.iris, -40);
    await run({ command: "stop" });
    assert.ok(!ptz.isMoving);
  });

  it("goes to a position in degrees and magnification, and keeps missing axes", async () => {
    await start();
    assert.deepEqual(await run({ command: "absolute", target: { pan: 123.4, zoom: 2.5 } }), {
      pan: 123.4,
      tilt: 5,
      zoom: 2.5,
    });
    assert.deepEqual(ptz.actions, [["absolute", 1234, 50, 25]]);
    assert.deepEqual(await run({ command: "status" }), { pan: 123.4, tilt: 5, zoom: 2.5 });
  });

  it("refuses a position that the channel cannot reach, before anything is sent", async () => {
    await start();
    await assert.rejects(run({ command: "absolute", target: { pan: 10, tilt: -6, zoom: 1 } }), {
      code: "CONFIG_INVALID",
      message: /tilt is -6: this channel allows -5 to 90/,
    });
    await assert.rejects(run({ command: "relative", steps: { pan: 101, tilt: 0, zoom: 0 } }), {
      code: "CONFIG_INVALID",
    });
    assert.deepEqual(ptz.actions, []);
  });

  it("moves relative to the current position", async () => {
    await start();
    await run({ command: "relative", steps: { pan: 20, tilt: -5, zoom: 0 } });
    assert.deepEqual(ptz.actions, [["relative", 20, -5, 0]]);
  });

  it("lists, saves and goes to presets", async () => {
    await start();
    await run({ command: "setPreset", preset: 7, name: "Gate <7>" });
    await run({ command: "gotoPreset", preset: 1 });
    assert.deepEqual(ptz.actions, [
      ["setPreset", 7, "Gate <7>"],
      ["gotoPreset", 1],
    ]);
    ptz.presets.set(7, "Dock");
    assert.deepEqual(await run({ command: "presets" }), [
      { id: 1, name: "Gate & yard", enabled: true },
      { id: 7, name: "Dock", enabled: true },
    ]);
  });

  it("refuses presets and patrols that the channel does not have", async () => {
    await start();
    await assert.rejects(run({ command: "gotoPreset", preset: 21 }), { code: "CONFIG_INVALID" });
    await assert.rejects(run({ command: "startPatrol", patrol: 5 }), { code: "CONFIG_INVALID" });
    await assert.rejects(run({ command: "gotoPreset", preset: 9 }), { code: "ISAPI_FORBIDDEN" });
  });

  it("starts, stops and lists patrols", async () => {
    await start();
    await run({ command: "startPatrol", patrol: 2 });
    assert.equal(ptz.patrolling, 2);
    await run({ command: "stopPatrol", patrol: 2 });
    assert.equal(ptz.patrolling, undefined);
    const [first] = (await run({ command: "patrols" })) as object[];
    assert.deepEqual(first, {
      id: 1,
      name: "Patrol 01",
      enabled: true,
      stops: [{ preset: 1, seconds: 15, speed: 30 }],
    });
  });

  it("does not interrupt the way to a preset with the stop of the previous movement", async () => {
    await start();
    await run(move(30, 5));
    await run({ command: "gotoPreset", preset: 1 });
    assert.equal(clock.pending, 0);
    await controller.close();
    assert.deepEqual(ptz.actions, [
      ["continuous", 30, 0, 0],
      ["gotoPreset", 1],
    ]);
  });

  it("still stops a movement if its replacement is refused", async () => {
    await start();
    await run(move(30, 5));
    await assert.rejects(run({ command: "gotoPreset", preset: 9 }));
    clock.advance(5);
    await nextAction();
    assert.deepEqual(ptz.actions.at(-1), stopped);
  });

  describe("behind a recorder", () => {
    it("finds the channel's PTZ by its capabilities, and stores the path", async () => {
      await start({ proxied: true, channel: 3 });
      await run(move(30), "3");
      await run({ command: "focus", speed: 10, seconds: 1 }, "3");
      const urls = device.requests.filter(({ status }) => status !== 401).map(({ url }) => url);
      assert.deepEqual(urls, [
        "/ISAPI/PTZCtrl/channels/3/capabilities",
        "/ISAPI/ContentMgmt/PTZCtrlProxy/channels/3/capabilities",
        "/ISAPI/ContentMgmt/PTZCtrlProxy/channels/3/continuous",
        "/ISAPI/ContentMgmt/InputProxy/channels/3/video/focus",
      ]);
    });

    for (const [what, response] of [
      ["invalid operation", refuse(403, 4, "invalidOperation")],
      ["invalid content", refuse(400, 6, "badXmlContent")],
    ] as const) {
      it(`tries the recorder's path after "${what}"`, async () => {
        await start({ proxied: true });
        device.handlers.set("/ISAPI/PTZCtrl/channels/1/capabilities", () => response);
        await run(move(30));
        assert.deepEqual(ptz.actions, [["continuous", 30, 0, 0]]);
      });
    }

    it("finds the PTZ by the command if there are no capabilities", async () => {
      await start({ proxied: true, capabilities: false });
      await run(move(30));
      await run(move(40));
      assert.deepEqual(ptz.actions, [
        ["continuous", 30, 0, 0],
        ["continuous", 40, 0, 0],
      ]);
      assert.equal(device.requests.filter(({ url }) => url.endsWith("/capabilities")).length, 3);
    });
  });

  describe("on errors", () => {
    it("reports a channel without PTZ", async () => {
      await start();
      await assert.rejects(run(move(30), "2"), {
        code: "ISAPI_NOT_FOUND",
        message: /Channel 2 .* does not support this PTZ/,
      });
    });

    it("reports a channel without presets or patrols", async () => {
      await start({ presets: 0, patrols: 0 });
      const message = /^Channel 1 at 127\.0\.0\.1:\d+ has no (presets|patrols)\./;
      await assert.rejects(run({ command: "gotoPreset", preset: 1 }), { code: "ISAPI_NOT_FOUND", message });
      await assert.rejects(run({ command: "startPatrol", patrol: 1 }), { code: "ISAPI_NOT_FOUND", message });
      assert.deepEqual(ptz.actions, []);
    });

    it("stops a movement after a response that is not ISAPI", async () => {
      await start();
      await run({ command: "capabilities" });
      ptz.failures.push({ status: 200, body: "<html>Sign in</html>" });
      await Promise.all([nextAction(), assert.rejects(run(move(30)), { code: "ISAPI_REPLY" })]);
      assert.deepEqual(ptz.actions, [stopped]);
    });

    it("separates a missing permission from a missing function", async () => {
      await start();
      ptz.failures.push(refuse(403, 4, "lowPrivilege"));
      await assert.rejects(run(move(30)), { code: "ISAPI_FORBIDDEN", message: /no permission/ });
      assert.equal(device.requests.filter(({ status }) => status === 403).length, 1);
    });

    it("refuses another document", async () => {
      await start();
      device.handlers.set("/ISAPI/PTZCtrl/channels/1/capabilities", () => ({
        status: 200,
        body: "<html>no</html>",
      }));
      await assert.rejects(run(move(30)), { code: "ISAPI_REPLY" });
      device.handlers.set("/ISAPI/PTZCtrl/channels/1/status", () => ({ status: 200, body: "<PTZStatus/>" }));
      await assert.rejects(run({ command: "status" }), { code: "ISAPI_REPLY" });
    });

    it("retries a stop if the device is busy", async () => {
      await start();
      await run(move(30, 1));
      ptz.failures.push(busy);
      clock.advance(1);
      await once(device, "request");
      const timer = setInterval(() => {
        clock.advance(0.3);
      }, 5);
      await nextAction();
      clearInterval(timer);
      assert.deepEqual(ptz.actions.at(-1), stopped);
      assert.deepEqual(failedStops, []);
    });

    it("stops a movement that may have started", async () => {
      await start({}, 0.2);
      await run({ command: "status" });
      await run({ command: "capabilities" });
      ptz.failures.push({ status: 200, after: new Promise(() => undefined) });
      await Promise.all([nextAction(), assert.rejects(run(move(30)), { code: "TIMEOUT" })]);
      assert.deepEqual(ptz.actions, [stopped]);
    });

    it("sends no stop for a refused movement", async () => {
      await start();
      await run({ command: "capabilities" });
      ptz.failures.push(busy);
      await assert.rejects(run(move(30)), { code: "ISAPI_BUSY" });
      await controller.close();
      assert.deepEqual(ptz.actions, []);
    });
  });
});
