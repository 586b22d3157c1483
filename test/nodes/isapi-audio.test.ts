import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiAudio from "../../nodes/isapi-audio/runtime";
import isapiConfig from "../../nodes/isapi-config/runtime";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { SimulatedDevice } from "../servers/isapi-device";
import { addSpeaker, type Speaker } from "../servers/isapi/two-way-audio";
import { assertNoSecrets, statusesOf } from "../support/node-output";
import { tone } from "../support/wav";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  other?: number;
}

describe("the isapi-audio node", function () {
  this.timeout(30_000);
  let device: SimulatedDevice;
  let speaker: Speaker;
  let ffmpeg: string;
  before(async () => {
    ffmpeg = await provideFfmpeg();
  });
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    speaker = addSpeaker(device);
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });
  const wire = (config: object = {}, password = "s3cret:pass"): Promise<WiredNode<Output>> =>
    wireNode<Output>(
      isapiAudio,
      { type: "isapi-audio", device: "dev", ffmpeg, ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url }],
        credentials: { dev: { username: "flow", password } },
      },
    );

  it("plays the clip in the message, and sends a message at its end", async () => {
    const { node, handle, received } = await wire();
    assert.equal(await handle({ payload: tone(0.1), other: 5 }), undefined);
    assert.deepEqual(received[0]?.payload, { channel: "1", codec: "G.711ulaw", seconds: 0.1 });
    assert.equal(received[0].other, 5);
    await speaker.untilHeard(800 + 3200);
    assert.match(statusesOf(node).join(), /preparing.*playing.*played/);
  });

  it("plays the configured file, or the message's", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "clip-"));
    await writeFile(path.join(folder, "a.wav"), tone(0.1));
    await writeFile(path.join(folder, "b.wav"), tone(0.2));
    const { handle, received } = await wire({ file: path.join(folder, "a.wav") });
    await handle({ payload: { type: "intrusion" } });
    await handle({ file: path.join(folder, "b.wav") });
    assert.deepEqual(
      received.map(({ payload }) => (payload as { seconds: number }).seconds),
      [0.1, 0.2],
    );
    await rm(folder, { recursive: true });
  });

  it("lists the channels", async () => {
    const { handle, received } = await wire({ action: "status" });
    await handle({});
    assert.deepEqual(received[0]?.payload, [
      { id: "1", enabled: true, codec: "G.711ulaw", speakerVolume: 50 },
    ]);
  });

  it("sets the volume from its settings, the message or the payload", async () => {
    const { handle } = await wire({ action: "volume", volume: "30" });
    await handle({});
    assert.equal(speaker.volume, "30");
    await handle({ volume: 70 });
    assert.equal(speaker.volume, "70");
    await helper.unload();
    await (await wire({ action: "volume" })).handle({ payload: "80" });
    assert.equal(speaker.volume, "80");
  });

  it("opens and closes a channel, and closes an open channel on redeploy", async () => {
    const { node, handle, received } = await wire();
    await handle({ action: "open" });
    assert.equal(speaker.open, true);
    await handle({ action: "close" });
    assert.equal(speaker.open, false);
    assert.deepEqual(
      received.map(({ payload }) => payload),
      [
        { channel: "1", open: true },
        { channel: "1", open: false },
      ],
    );
    await handle({ action: "open" });
    await node.close(false);
    assert.equal(speaker.open, false);
  });

  it("closes an open channel even if the device closes at the same time", async () => {
    const { handle } = await wire();
    await handle({ action: "open" });
    await helper.unload();
    assert.equal(speaker.open, false);
  });

  it("stops a clip and closes the channel even if the device closes at the same time", async () => {
    const { node } = await wire();
    node.receive({ payload: tone(5) });
    await speaker.untilHeard(320);
    await helper.unload();
    assert.equal(speaker.open, false);
  });

  it("names the device that has closed the audio connection", async () => {
    speaker.breakAfter = 320;
    const { handle, received } = await wire();
    const error = await handle({ payload: tone(1) });
    assert.equal(error?.code, "CONNECTION_LOST");
    assert.ok(error.message.includes(`127.0.0.1:${device.port}`), error.message);
    assert.equal(received.length, 0);
    assert.equal(speaker.open, false);
    speaker.breakAfter = Number.POSITIVE_INFINITY;
    assert.equal(await handle({ payload: tone(0.1) }), undefined);
  });

  it("stops a clip and closes the channel on redeploy", async () => {
    const { node } = await wire();
    node.receive({ payload: tone(5) });
    await speaker.untilHeard(320);
    await node.close(false);
    assert.equal(speaker.open, false);
  });

  it("reports a busy channel, or takes it over if that is set", async () => {
    speaker.busy = true;
    const { node, handle, received } = await wire();
    assert.equal((await handle({ payload: tone(0.1) }))?.code, "ISAPI_BUSY");
    assert.match(statusesOf(node).at(-1) ?? "", /ISAPI_BUSY|device busy/);
    assert.equal(received.length, 0);
    await helper.unload();
    assert.equal(await (await wire({ takeOver: "true" })).handle({ payload: tone(0.1) }), undefined);
  });

  it("reports errors with a code, and sends no message", async () => {
    const { handle, received } = await wire();
    for (const [msg, code] of [
      [{}, "CONFIG_INVALID"],
      [{ action: "sing" }, "CONFIG_INVALID"],
      [{ action: "volume", volume: 101 }, "CONFIG_INVALID"],
      [{ action: "volume" }, "CONFIG_INVALID"],
      [{ action: "open", channel: "x" }, "CONFIG_INVALID"],
      [{ action: "open", channel: 2 }, "ISAPI_NOT_FOUND"],
      [{ payload: Buffer.from("no sound") }, "FFMPEG_FAILED"],
    ] as const) {
      assert.equal((await handle(msg))?.code, code, JSON.stringify(msg));
    }
    assert.equal(received.length, 0);
  });

  it("reports a missing ffmpeg", async () => {
    const { handle } = await wire({ ffmpeg: "/nowhere/ffmpeg" });
    assert.equal((await handle({ payload: tone(0.1) }))?.code, "FFMPEG_MISSING");
  });

  it("never shows the password", async () => {
    const { node, handle } = await wire({ action: "status" }, "wrong-s3cret");
    assert.equal((await handle({}))?.code, "ISAPI_AUTH");
    assertNoSecrets(node, ["wrong-s3cret"]);
  });
});
