import assert from "node:assert/strict";
import { once } from "node:events";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import isapiPtz from "../../nodes/isapi-ptz/runtime";
import { responseStatus } from "../servers/isapi/documents";
import { SimulatedPtz, type PtzAction } from "../servers/isapi/ptz";
import { SimulatedDevice } from "../servers/isapi-device";
import { assertNoSecrets } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  ptz?: object;
  other?: number;
}

describe("the isapi-ptz node", () => {
  let device: SimulatedDevice;
  let ptz: SimulatedPtz;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    ptz = new SimulatedPtz(device);
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  const deploy = (config: object = {}, password = "s3cret:pass"): Promise<WiredNode<Output>> =>
    wireNode<Output>(
      isapiPtz,
      { type: "isapi-ptz", device: "dev", ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url }],
        credentials: { dev: { username: "flow", password } },
      },
    );
  const nextAction = async (): Promise<PtzAction> => (await once(ptz, "action"))[0] as PtzAction;

  it("runs the command from its settings, and keeps the rest of the message", async () => {
    const { handle, received } = await deploy({ command: "gotoPreset", preset: "1" });
    assert.equal(await handle({ other: 5 }), undefined);
    assert.deepEqual(ptz.actions, [["gotoPreset", 1]]);
    const [msg] = received;
    assert.deepEqual(msg?.payload, { preset: 1 });
    assert.deepEqual(msg.ptz, { command: "gotoPreset", channel: "1" });
    assert.equal(msg.other, 5);
  });

  it("lets a message override the settings", async () => {
    const { handle } = await deploy({ command: "gotoPreset", channel: "7", speed: "20" });
    await handle({ channel: 1, command: "left", duration: 60 });
    await handle({ channel: 1, command: "absolute", pan: "10", tilt: 0, zoom: 2 });
    await handle({ channel: 1, command: "setPreset", preset: 3, presetName: "Dock" });
    assert.deepEqual(ptz.actions, [
      ["continuous", -20, 0, 0],
      ["absolute", 100, 0, 20],
      ["setPreset", 3, "Dock"],
    ]);
  });

  it("does not use the pan, tilt and zoom of its own command for another command", async () => {
    const { handle } = await deploy({ command: "continuous", pan: "40", duration: "60" });
    await handle({ tilt: 10 });
    await handle({ command: "relative", tilt: 5 });
    assert.deepEqual(ptz.actions, [
      ["continuous", 40, 10, 0],
      ["relative", 0, 5, 0],
    ]);
  });

  it("ignores the fields of a message that its command does not use", async () => {
    const { handle } = await deploy({ command: "gotoPreset", preset: "7" });
    const error = await handle({ pan: "far", tilt: "up", zoom: {}, speed: 130, patrol: 0, preset: 1 });
    assert.equal(error, undefined);
    assert.equal(
      await handle({ command: "left", duration: 60, pan: "far", preset: 0, patrol: "" }),
      undefined,
    );
    assert.equal(
      await handle({ command: "absolute", pan: 10, tilt: 0, zoom: 2, speed: "slow", preset: 0 }),
      undefined,
    );
    assert.equal((await handle({ command: "left", speed: 130 }))?.code, "CONFIG_INVALID");
    assert.deepEqual(ptz.actions, [
      ["gotoPreset", 1],
      ["continuous", -50, 0, 0],
      ["absolute", 100, 0, 20],
    ]);
  });

  it("moves nothing for an empty command, as an unset variable leaves it", async () => {
    const { handle } = await deploy({ command: "", preset: "7" });
    await handle({});
    await handle({ command: "", preset: 2 });
    assert.deepEqual(ptz.actions, [
      ["continuous", 0, 0, 0],
      ["continuous", 0, 0, 0],
    ]);
  });

  it("accepts settings that its command does not use, whatever they are", async () => {
    const { handle } = await deploy({
      command: "gotoPreset",
      preset: "1",
      speed: "fast",
      patrol: "0",
      pan: "x",
    });
    assert.equal(await handle({}), undefined);
    assert.deepEqual(ptz.actions, [["gotoPreset", 1]]);
  });

  it("limits the number of pending commands, but still accepts a stop", async () => {
    const { handle } = await deploy();
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    ptz.failures.push({ status: 404, after });
    const seen = once(device, "request");
    const results = Array.from({ length: 32 }, () => handle({ command: "status" }));
    await seen;
    assert.equal((await handle({ command: "left" }))?.code, "QUEUE_FULL");
    const stop = nextAction();
    const stopped = handle({ command: "stop" });
    release();
    await Promise.all([...results, stopped]);
    assert.deepEqual(await stop, ["continuous", 0, 0, 0]);
  });

  it("stops a movement after its duration", async () => {
    const { handle } = await deploy({ command: "continuous", pan: "40", duration: "0.05" });
    await handle({});
    assert.deepEqual(await nextAction(), ["continuous", 0, 0, 0]);
  });

  it("stops the camera on close, even if the device closes at the same time", async () => {
    const { handle } = await deploy();
    await handle({ command: "continuous", pan: 40, duration: 3600 });
    assert.ok(ptz.isMoving);
    await helper.unload();
    assert.ok(!ptz.isMoving);
    assert.deepEqual(ptz.actions.at(-1), ["continuous", 0, 0, 0]);
  });

  it("closes in time even if the device does not respond", async () => {
    const { handle } = await deploy();
    await handle({ command: "continuous", pan: 40, duration: 3600 });
    ptz.failures.push({ status: 200, after: new Promise(() => undefined) });
    await helper.unload();
    assert.ok(ptz.isMoving);
  }).timeout(2000);

  it("reports errors with a code, and sends no message", async () => {
    const { handle, received } = await deploy();
    ptz.failures.push({ status: 503, body: responseStatus("/", 2, "Device Busy", "deviceBusy") });
    assert.equal((await handle({ command: "left" }))?.code, "ISAPI_BUSY");
    assert.equal((await handle({ command: "dance" }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ command: "continuous", pan: 101 }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ command: "left", channel: "2" }))?.code, "ISAPI_NOT_FOUND");
    assert.equal((await handle({ command: "left", channel: "../1" }))?.code, "CONFIG_INVALID");
    assert.equal(received.length, 0);
  });

  it("never shows the password", async () => {
    const { handle, node } = await deploy({}, "wrong-s3cret");
    assert.equal((await handle({ command: "status" }))?.code, "ISAPI_AUTH");
    assertNoSecrets(node, ["wrong-s3cret"]);
  });

  it("reports wrong settings at deploy", async () => {
    const { handle } = await deploy({ command: "continuous", pan: "fast" });
    assert.equal((await handle({}))?.code, "CONFIG_INVALID");
    assert.equal(device.requests.length, 0);
  });
});
