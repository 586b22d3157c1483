import assert from "node:assert/strict";
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { systemClock, type Clock } from "../../../../src/core/clock";
import { TwoWayAudio } from "../../../../src/isapi/audio/two-way-audio";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { SimulatedDevice, type DeviceOptions } from "../../../servers/isapi-device";
import { addSpeaker, type Speaker, type SpeakerOptions } from "../../../servers/isapi/two-way-audio";
import { loopbackTls } from "../../../support/loopback-tls";
import { ManualClock } from "../../../support/manual-clock";
import { tone } from "../../../support/wav";

/** A clock whose timers end at once. */
const instantClock: Clock = {
  now: () => systemClock.now(),
  after: (_milliseconds, run) => {
    const soon = setImmediate(run);
    return () => {
      clearImmediate(soon);
    };
  },
};

describe("TwoWayAudio", function () {
  this.timeout(30_000);
  let device: SimulatedDevice;
  let client: IsapiClient;
  let speaker: Speaker;
  let ffmpeg: string;
  before(async () => {
    ffmpeg = await provideFfmpeg();
  });

  async function open(
    options: Partial<SpeakerOptions> = {},
    clock: Clock = instantClock,
    more: Partial<DeviceOptions> = {},
  ): Promise<TwoWayAudio> {
    device = await SimulatedDevice.start(more);
    speaker = addSpeaker(device, options);
    client = new IsapiClient({
      ...{ url: device.url, username: "flow", password: "s3cret:pass", timeout: 5 },
      verifyTls: false,
    });
    return new TwoWayAudio(client, { clock, ffmpeg });
  }
  afterEach(async () => {
    await client.close();
    await device.close();
  });
  const paths = (): string[] =>
    device.requests
      .filter(({ status }) => status !== 401)
      .map(({ method, url }) => `${method} ${url.split("/channels")[1] ?? url}`);

  it("lists the channels", async () => {
    const audio = await open();
    const channel = { id: "1", enabled: true, codec: "G.711ulaw", speakerVolume: 50 };
    assert.deepEqual(await audio.channels(), [channel]);
    assert.deepEqual(await audio.channel("1"), channel);
  });

  it("reports a device without two-way audio", async () => {
    const audio = await open();
    device.handlers.clear();
    await assert.rejects(audio.channels(), { code: "ISAPI_NOT_FOUND" });
    await assert.rejects(audio.play("2", tone(0.1)), { code: "ISAPI_NOT_FOUND" });
  });

  it("sets the volume, and keeps all other settings", async () => {
    const audio = await open();
    assert.equal((await audio.setVolume("1", 80)).speakerVolume, 80);
    assert.equal(speaker.volume, "80");
  });

  it("reports a device without a volume setting", async () => {
    const audio = await open();
    device.handlers.set("/ISAPI/System/TwoWayAudio/channels/1", () => ({
      status: 200,
      body: "<TwoWayAudioChannel><id>1</id></TwoWayAudioChannel>",
    }));
    await assert.rejects(audio.setVolume("1", 80), { code: "ISAPI_NOT_FOUND", message: /no volume/ });
  });

  for (const [codec, loudest] of [
    ["G.711ulaw", 0x80],
    ["G.711alaw", 0xaa],
  ] as const) {
    it(`plays a clip in ${codec}, and closes the channel`, async () => {
      const audio = await open({ codec });
      assert.deepEqual(await audio.play("1", tone(0.5)), { channel: "1", codec, seconds: 0.5 });
      // Half a second, and some silence after it, so that the device plays the end.
      await speaker.untilHeard(4000 + 3200);
      assert.equal(speaker.heard.length, 7200);
      const sound = speaker.heard.subarray(0, 4000);
      assert.ok(sound.includes(loudest), "the peaks of a full-scale tone");
      assert.equal(new Set(speaker.heard.subarray(4000)).size, 1);
      assert.equal(speaker.open, false);
      assert.deepEqual(paths(), ["GET /1", "PUT /1/open", "PUT /1/audioData?sessionId=s1", "PUT /1/close"]);
    });
  }

  it("plays a file", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "clip-"));
    const file = path.join(folder, "warning.wav");
    await writeFile(file, tone(0.2));
    const audio = await open({ sessions: false });
    assert.equal((await audio.play("1", file)).seconds, 0.2);
    assert.equal(paths()[2], "PUT /1/audioData");
    await rm(folder, { recursive: true });
  });

  it("needs one connection for a clip, and closes it afterwards", async () => {
    const audio = await open();
    await audio.channels();
    const before = device.openConnections;
    await audio.play("1", tone(0.1));
    await speaker.untilGone();
    assert.equal(device.openConnections, before);
  });

  it("closes the connection if the device refuses the sound", async () => {
    const audio = await open();
    await audio.channels();
    const before = device.openConnections;
    device.handlers.set("/ISAPI/System/TwoWayAudio/channels/1/audioData", () => ({ status: 403 }));
    await assert.rejects(audio.play("1", tone(0.1)), { code: "ISAPI_FORBIDDEN" });
    while (device.openConnections > before) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(speaker.open, false);
  });

  it("plays over TLS", async () => {
    const audio = await open({}, instantClock, { tls: loopbackTls });
    await audio.play("1", tone(0.2));
    await speaker.untilHeard(1600 + 3200);
  });

  it("sends sound at the speed of playback", async () => {
    const clock = new ManualClock();
    const audio = await open({}, clock);
    const playing = audio.play("1", tone(0.2));
    for (let step = 1; step <= 15; step += 1) {
      await speaker.untilHeard(320 * step);
      assert.equal(speaker.heard.length, 320 * step);
      clock.advance(0.04);
    }
    await playing;
  });

  it("plays on while the clock of the machine is set back or forward", async () => {
    await open();
    const audio = new TwoWayAudio(client, { ffmpeg });
    const { now } = Date;
    const begin = performance.now();
    try {
      const playing = audio.play("1", tone(0.4));
      await speaker.untilHeard(320);
      Date.now = () => now() - 3_600_000;
      await speaker.untilHeard(320 * 4);
      Date.now = () => now() + 3_600_000;
      await playing;
    } finally {
      Date.now = now;
    }
    assert.ok(performance.now() - begin > 700);
  });

  it("plays one clip after the other", async () => {
    const audio = await open();
    await Promise.all([audio.play("1", tone(0.1)), audio.play("1", tone(0.1))]);
    assert.equal(paths().filter((line) => line.endsWith("/open")).length, 2);
  });

  it("keeps an opened channel open between clips, until it is closed", async () => {
    const audio = await open();
    await audio.open("1");
    await audio.play("1", tone(0.1));
    await audio.play("1", tone(0.1));
    assert.equal(speaker.open, true);
    await audio.close("1");
    assert.equal(speaker.open, false);
    assert.equal(paths().filter((line) => line.endsWith("/open")).length, 1);
  });

  it("closes the channel if the response to the open was lost", async () => {
    const audio = await open();
    const opens = device.handlers.get("/ISAPI/System/TwoWayAudio/channels/1/open");
    device.handlers.set("/ISAPI/System/TwoWayAudio/channels/1/open", (request) => {
      opens?.(request);
      return { status: 200, respond: (response) => response.destroy() };
    });
    await assert.rejects(audio.open("1"), { code: "CONNECTION_LOST" });
    assert.equal(speaker.open, false);
  });

  it("closes an open channel at the end", async () => {
    const audio = await open();
    await audio.open("1");
    await audio.dispose();
    assert.equal(speaker.open, false);
  });

  describe("while another client speaks", () => {
    const busy = { code: "ISAPI_BUSY", message: /in use by another client/ } as const;

    it("reports the busy channel, and does not disturb the other client", async () => {
      const audio = await open({ busy: true });
      await assert.rejects(audio.play("1", tone(0.1)), busy);
      assert.equal(speaker.busy, true);
      assert.equal(speaker.heard.length, 0);
    });

    it("takes the channel over on request", async () => {
      const audio = await open({ busy: true });
      await audio.play("1", tone(0.1), { takeOver: true });
      await speaker.untilHeard(800);
    });

    it("opens a free channel with takeOver, too", async () => {
      const audio = await open();
      await audio.open("1", { takeOver: true });
      assert.equal(speaker.open, true);
    });
  });

  it("closes the channel when the clip is cancelled", async () => {
    const clock = new ManualClock();
    const audio = await open({}, clock);
    const cancel = new AbortController();
    const playing = audio.play("1", tone(5), { signal: cancel.signal });
    await speaker.untilHeard(320);
    cancel.abort();
    await assert.rejects(playing, { code: "CLOSED" });
    assert.equal(speaker.open, false);
  });

  it("reports a lost connection", async () => {
    const audio = await open({ breakAfter: 800 });
    await assert.rejects(audio.play("1", tone(2)), { code: "CONNECTION_LOST" });
    assert.equal(speaker.open, false);
  });

  it("reports a device that does not respond", async () => {
    await open();
    await client.close();
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass", timeout: 0.2 });
    device.handlers.set("/ISAPI/System/TwoWayAudio/channels/1/audioData", () => ({
      status: 200,
      respond: () => undefined,
    }));
    const slow = new TwoWayAudio(client, { clock: instantClock, ffmpeg });
    await assert.rejects(slow.play("1", tone(0.1)), { code: "TIMEOUT" });
  });

  it("reports another codec before it opens the channel", async () => {
    const audio = await open({ codec: "AAC" });
    await assert.rejects(audio.play("1", tone(0.1)), { code: "ISAPI_AUDIO_CODEC", message: /AAC/ });
    assert.deepEqual(paths(), ["GET /1"]);
  });

  it("does not open the channel for a file without sound", async () => {
    const audio = await open();
    for (const clip of [Buffer.from("hello"), "/nowhere/clip.wav", Buffer.alloc(0)]) {
      await assert.rejects(audio.play("1", clip), { code: "FFMPEG_FAILED" });
    }
    assert.ok(paths().every((line) => line === "GET /1"));
  });

  it("refuses a clip that is too long", async () => {
    const audio = await open();
    await assert.rejects(audio.play("1", tone(602)), { code: "TOO_LARGE" });
  });

  it("refuses invalid channels", async () => {
    const audio = await open();
    for (const id of ["0", "x", "1/../2"]) await assert.rejects(audio.open(id), { code: "CONFIG_INVALID" });
    assert.deepEqual(paths(), []);
  });

  it("reports a wrong password", async () => {
    await open();
    await client.close();
    client = new IsapiClient({ url: device.url, username: "flow", password: "wrong" });
    await assert.rejects(new TwoWayAudio(client).channels(), { code: "ISAPI_AUTH" });
  });
});
