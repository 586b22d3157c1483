import assert from "node:assert/strict";
import { once } from "node:events";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import { PtzController, type PtzCommand } from "../../../../src/isapi/ptz/controller";
import { SimulatedPtz } from "../../../servers/isapi/ptz";
import { SimulatedDevice } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

const OTHER = "/ISAPI/System/time";

describe("a PTZ stop", () => {
  let device: SimulatedDevice;
  let ptz: SimulatedPtz;
  let connected: IsapiDevice;
  let clock: ManualClock;
  let controller: PtzController;
  let failedStops: unknown[];
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    ptz = new SimulatedPtz(device);
    clock = new ManualClock();
    connected = new IsapiDevice({ url: device.url, username: "flow", password: "s3cret:pass", clock });
    failedStops = [];
    controller = new PtzController(connected, {
      stopFailed: (thrown) => failedStops.push(thrown),
    });
  });
  afterEach(async () => {
    await controller.close();
    await connected.close();
    await device.close();
  });

  const move: PtzCommand = { command: "continuous", speeds: { pan: 30, tilt: 0, zoom: 0 }, seconds: 60 };

  /** Lets the device reject one request, as after a short change of its password. */
  async function lockOut(): Promise<void> {
    device.guard.setPassword("changed");
    await assert.rejects(connected.client.read({ path: OTHER }), { code: "ISAPI_AUTH" });
    await assert.rejects(connected.client.read({ path: OTHER }), { code: "ISAPI_LOCKED" });
  }

  it("is sent while a rejected password pauses all other requests", async () => {
    await controller.run("1", move);
    await lockOut();
    device.guard.setPassword("s3cret:pass");
    await controller.run("1", { command: "stop" });
    assert.equal(ptz.isMoving, false);
  });

  it("is also sent then at the end of the duration", async () => {
    await controller.run("1", move);
    await lockOut();
    device.guard.setPassword("s3cret:pass");
    const stopped = once(ptz, "action");
    clock.advance(60);
    await stopped;
    assert.equal(ptz.isMoving, false);
  });

  it("is sent once with a wrong password, and reports it", async () => {
    await controller.run("1", move);
    await lockOut();
    const before = device.guard.failures;
    await assert.rejects(controller.run("1", { command: "stop" }), { code: "ISAPI_LOCKED" });
    assert.equal(device.guard.failures, before + 1);
    device.guard.setPassword("s3cret:pass");
  });

  it("does not wait for slow requests", async () => {
    await controller.run("1", move);
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => (release = resolve));
    device.handlers.set(OTHER, () => ({ status: 200, after }));
    const slow = Array.from({ length: 20 }, () => connected.client.read({ path: OTHER }));
    await controller.run("1", { command: "stop" });
    assert.equal(ptz.isMoving, false);
    release();
    await Promise.all(slow);
  });

  it("does not need the channel's limits", async () => {
    device.handlers.set("/ISAPI/PTZCtrl/channels/1/capabilities", () => ({ status: 503 }));
    await controller.run("1", { command: "stop" });
    assert.deepEqual(ptz.actions, [["continuous", 0, 0, 0]]);
  });

  it("stops the lens even if the head does not stop", async () => {
    await controller.run("1", move);
    await controller.run("1", { command: "focus", speed: 40, seconds: 60 });
    const head = device.handlers.get("/ISAPI/PTZCtrl/channels/1/continuous");
    device.handlers.set("/ISAPI/PTZCtrl/channels/1/continuous", () => ({ status: 403 }));
    const timer = setInterval(() => {
      clock.advance(0.3);
    }, 5);
    await assert.rejects(controller.run("1", { command: "stop" }), { code: "ISAPI_FORBIDDEN" });
    clearInterval(timer);
    assert.equal(ptz.lens.focus, 0);
    if (head !== undefined) device.handlers.set("/ISAPI/PTZCtrl/channels/1/continuous", head);
  });
});
