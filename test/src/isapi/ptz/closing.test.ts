import assert from "node:assert/strict";
import { once } from "node:events";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import { PtzController, type PtzCommand } from "../../../../src/isapi/ptz/controller";
import { responseStatus } from "../../../servers/isapi/documents";
import { SimulatedPtz, type PtzAction } from "../../../servers/isapi/ptz";
import { SimulatedDevice } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

describe("PtzController on close", () => {
  let device: SimulatedDevice;
  let ptz: SimulatedPtz;
  let connected: IsapiDevice;
  let controller: PtzController;
  let clock: ManualClock;
  const another = (): PtzController => new PtzController(connected, { stopFailed: () => undefined });
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    ptz = new SimulatedPtz(device);
    clock = new ManualClock();
    connected = new IsapiDevice({ url: device.url, username: "flow", password: "s3cret:pass", clock });
    controller = another();
  });
  afterEach(async () => {
    await controller.close();
    await connected.close();
    await device.close();
  });

  const run = (command: PtzCommand): Promise<unknown> => controller.run("1", command);
  const move = (pan: number, seconds = 2): PtzCommand => ({
    command: "continuous",
    speeds: { pan, tilt: 0, zoom: 0 },
    seconds,
  });
  const stopped: PtzAction = ["continuous", 0, 0, 0];

  it("does not stop another user's movement", async () => {
    const other = another();
    await run(move(30, 2));
    await other.run("1", move(-30, 60));
    clock.advance(3);
    await controller.close();
    assert.equal(ptz.speed.pan, -30);
    await other.close();
    assert.ok(!ptz.isMoving);
  });

  it("stops all its movements", async () => {
    await run(move(30, 60));
    await run({ command: "focus", speed: 40, seconds: 60 });
    await controller.close();
    assert.ok(!ptz.isMoving);
    assert.equal(clock.pending, 0);
  });

  it("waits for the pending response, so that its stop does not overtake the start", async () => {
    await run({ command: "capabilities" });
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    ptz.failures.push({ status: 200, body: responseStatus("/", 1, "OK", "ok"), after });
    const seen = once(device, "request");
    const moving = run(move(30, 60));
    await seen;
    const closing = controller.close();
    assert.deepEqual(ptz.actions, []);
    release();
    await Promise.all([moving, closing]);
    assert.deepEqual(ptz.actions, [stopped]);
  });

  it("closes even if the device does not respond, and refuses further commands", async () => {
    await run(move(30, 60));
    const seen = once(device, "request");
    ptz.failures.push({ status: 200, after: new Promise(() => undefined) });
    const closing = controller.close();
    await seen;
    clock.advance(1);
    await closing;
    await assert.rejects(run(move(30)), { code: "CLOSED" });
  });

  it("sends nothing to a camera that it did not move", async () => {
    await run({ command: "startPatrol", patrol: 1 });
    await controller.close();
    assert.equal(ptz.patrolling, 1);
    assert.deepEqual(ptz.actions, [["startPatrol", 1]]);
  });
});
