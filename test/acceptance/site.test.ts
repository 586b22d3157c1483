import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CommonEvent } from "../../src/events";
import { deploy } from "../../tools/node-red";
import type { GatewayAlarm } from "../servers/hcp-gateway";
import { jpeg } from "../servers/isapi/alerts";
import { thermometryDocument } from "../servers/isapi/metadata";
import { upload } from "../servers/isapi/thermal";
import { Sidebar } from "../support/sidebar";
import { SimulatedSite } from "../support/simulated-site";
import { siteFlow } from "../support/site-flow";
import { startWorld, type Installation, type World } from "../support/world";
import { tone } from "../support/wav";

interface EventMessage {
  topic: string;
  payload: CommonEvent;
}
/** A Buffer in the debug sidebar: its first 1000 bytes and its full length. */
interface ShownBuffer {
  type: "Buffer";
  data: number[];
  length: number;
}
interface NodeSet {
  id: string;
  types: string[];
  err?: string;
}

const examples = path.resolve(__dirname, "../../examples");
const person = { label: "person", classId: 0, score: 0.9, box: { x: 10, y: 10, width: 20, height: 40 } };
const detected = {
  payload: [person],
  image: jpeg(400, 64, 48),
  detection: { model: "any.onnx", width: 64, height: 48 },
};

const shows =
  (label: string) =>
  ({ payload }: EventMessage): boolean =>
    payload.targets[0]?.label === label;

class RunningSite {
  private constructor(
    readonly site: SimulatedSite,
    readonly world: World,
    readonly sidebar: Sidebar,
  ) {}

  static async start(installation: Installation): Promise<RunningSite> {
    const site = await SimulatedSite.open();
    const world = await startWorld({ installation });
    const running = new RunningSite(site, world, await Sidebar.open(world));
    const signal = AbortSignal.timeout(30_000);
    const streams = [once(site.device, "stream", { signal }), once(site.thermal, "stream", { signal })];
    try {
      await Promise.all([...streams, deploy(world.url, siteFlow(site))]);
    } catch (error) {
      await running.stop();
      throw new Error(`the flow has not started:\n${world.output()}`, { cause: error });
    }
    return running;
  }

  async stop(): Promise<void> {
    this.sidebar.close();
    await this.world.stop();
    await this.site.close();
  }
}

/** Starts a Node-RED at a site before the tests of the current suite, and stops it after them. */
function siteWith(installation: Installation): () => RunningSite {
  let running: RunningSite | undefined;
  before(async function () {
    this.timeout(180_000);
    running = await RunningSite.start(installation);
  });
  after(async () => {
    await running?.stop();
  });
  return () => {
    if (running === undefined) throw new Error("Node-RED has not started");
    return running;
  };
}

/** Defines the tests of nodes that do not need native packages or ffmpeg. */
function testWithoutNativePackages(running: () => RunningSite): void {
  const nextAlarm = async (): Promise<GatewayAlarm> =>
    (await once(running().site.gateway, "alarm"))[0] as GatewayAlarm;

  it("hcp-request lists the cameras of the platform", async () => {
    const { payload } = await running().sidebar.trigger<{ payload: { list: { cameraName: string }[] } }>(
      "request",
    );
    assert.ok(payload.list.some(({ cameraName }) => cameraName === "Hall"));
  });

  for (const transport of ["tcp", "udp"] as const) {
    it(`hcp-alarm-out raises an alarm over ${transport.toUpperCase()}`, async () => {
      const { sidebar } = running();
      await sidebar.status(`alarm-${transport}`, ({ fill }) => fill === "green");
      const alarm = nextAlarm();
      const { hcp } = await sidebar.trigger<{ hcp: { transport: string } }>(`alarm-${transport}`, {
        payload: { type: "intrusion" },
      });
      assert.equal(hcp.transport, transport);
      assert.equal((await alarm).transport, transport);
      assert.match((await alarm).text, /intrusion/);
    });
  }

  it("hcp-alarm-out posts an alarm to the OpenAPI", async () => {
    const alarm = nextAlarm();
    await running().sidebar.trigger("alarm-openapi", { payload: { type: "fire" } });
    assert.deepEqual(JSON.parse((await alarm).text), { alarmType: "fire" });
  });

  it("isapi-alertstream-in emits the alarms of the camera, and event-archive stores them", async () => {
    const { site, sidebar } = running();
    site.device.alert({ eventType: "fielddetection" });
    const { topic, payload } = await sidebar.next<EventMessage>("out-alerts");
    assert.deepEqual([payload.type, payload.state], ["intrusion", "start"]);
    assert.match(topic, /^isapi\/.+\/1\/intrusion$/);
    await sidebar.next("out-archive");
    const folder = path.join(site.folder, "archive");
    const files = await readdir(folder, { recursive: true });
    const [table = ""] = files.filter((file) => file.endsWith(".csv"));
    assert.ok((await readFile(path.join(folder, table), "utf8")).includes("intrusion"));
  });

  it("isapi-snapshot takes a snapshot", async () => {
    const { sidebar } = running();
    const { payload, image } = await sidebar.trigger<{ payload: ShownBuffer; image: { width: number } }>(
      "snapshot",
    );
    assert.deepEqual([payload.data.slice(0, 2), image.width], [[0xff, 0xd8], 1920]);
  });

  it("isapi-request reads the device information", async () => {
    const { payload } = await running().sidebar.trigger("device-info");
    assert.ok(payload.DeviceInfo);
  });

  it("isapi-request reports a rejected request to Catch nodes, with a code", async () => {
    const { sidebar } = running();
    await sidebar.press("device-info", { path: "/ISAPI/Nothing/here" });
    assert.equal((await sidebar.errorOf("device-info")).code, "ISAPI_NOT_FOUND");
  });

  it("isapi-ptz goes to a preset", async () => {
    const { site, sidebar } = running();
    await sidebar.trigger("ptz");
    assert.deepEqual(site.ptz.actions.at(-1), ["gotoPreset", 1]);
  });

  it("isapi-recordings finds and downloads recordings", async () => {
    const { site, sidebar } = running();
    const found = await sidebar.trigger<{ payload: { name: string }[] }>("recordings");
    assert.equal(found.payload.length, 3);
    const folder = path.join(site.folder, "recordings");
    const { payload } = await sidebar.trigger<{ payload: { file: string; bytes: number } }>("recordings", {
      ...{ action: "download", folder, payload: found.payload[0] },
    });
    assert.equal((await readFile(payload.file)).length, 1000);
  });

  it("isapi-audio sets the volume", async () => {
    const { site, sidebar } = running();
    await sidebar.trigger("audio", { action: "volume", volume: 80 });
    assert.equal(site.speaker.volume, "80");
  });

  it("isapi-thermometry measures a point, and receives the temperatures of rules", async () => {
    const { site, sidebar } = running();
    const point = await sidebar.trigger<{ payload: { temperatures: object } }>("measure", {
      point: { x: 0.5, y: 0.5 },
    });
    assert.deepEqual(point.payload.temperatures, { temperature: 28.6 });
    site.thermal.send(upload());
    const { payload } = await sidebar.next<{ payload: { rule: { id: string } }[] }>("out-readings");
    assert.equal(payload[0]?.rule.id, "4");
  });

  it("detection-rule emits an event for detections", async () => {
    const { sidebar } = running();
    await sidebar.press("rule", { ...detected, frame: { camera: "yard" } });
    const { payload } = await sidebar.next<EventMessage>("out-rule", shows("person"));
    assert.deepEqual([payload.source, payload.state], ["detection", "start"]);
  });
}

describe("sending and requesting nodes in an installed Node-RED", function () {
  this.timeout(30_000);

  describe("with native packages and ffmpeg", () => {
    const running = siteWith("complete");
    testWithoutNativePackages(running);

    it("rtsp-frames emits frames of the camera", async () => {
      const { payload, frame } = await running().sidebar.next<{
        payload: ShownBuffer;
        frame: { width: number };
      }>("out-frames");
      assert.deepEqual([payload.data.slice(0, 2), frame.width], [[0xff, 0xd8], 320]);
    });

    it("yolo-detect detects the objects in the frames", async () => {
      const { payload } = await running().sidebar.next<{ payload: { label: string }[] }>("out-detect");
      assert.deepEqual(
        payload.map(({ label }) => label),
        ["red"],
      );
    });

    it("detection-rule emits an event for them, and detection-draw draws them", async () => {
      const { sidebar } = running();
      const { payload } = await sidebar.next<EventMessage>("out-rule", shows("red"));
      assert.equal(payload.state, "start");
      const drawn = await sidebar.next<{ payload: ShownBuffer }>("out-draw");
      assert.deepEqual(drawn.payload.data.slice(0, 2), [0xff, 0xd8]);
    });

    it("isapi-audio plays a clip", async () => {
      const { site, sidebar } = running();
      const { payload } = await sidebar.trigger<{ payload: { seconds: number } }>("audio", {
        payload: tone(0.1),
      });
      assert.equal(payload.seconds, 0.1);
      assert.ok(site.speaker.heard.length >= 800);
    });

    it("rtsp-metadata reads the documents of the thermal camera", async () => {
      const { site, sidebar } = running();
      await sidebar.status("metadata", ({ fill }) => fill === "green");
      site.thermalStream.sendMetadata(thermometryDocument([{ id: 1, highest: 85, lowest: 20, average: 40 }]));
      const { payload } = await sidebar.next<{ payload: { subType: string } }>("out-metadata");
      assert.equal(payload.subType, "thermometry");
    });
  });

  describe("without native packages and ffmpeg", () => {
    const running = siteWith("bare");

    it("does not have these packages", async () => {
      const modules = path.join(running().world.userDir, "node_modules");
      for (const name of ["onnxruntime-node", "sharp", "ffmpeg-static"]) {
        assert.ok(!existsSync(path.join(modules, name)), `${name} is installed`);
      }
      assert.ok((await readdir(modules)).length > 0);
    });

    it("loads every node", async () => {
      const headers = { Accept: "application/json" };
      const sets = (await (await fetch(`${running().world.url}/nodes`, { headers })).json()) as NodeSet[];
      const own = sets.filter(({ id }) => id.startsWith("@camflows/"));
      assert.ok(own.length >= 19);
      assert.deepEqual(own.map(({ err }) => err).filter(Boolean), []);
    });

    testWithoutNativePackages(running);

    for (const id of ["frames", "metadata"]) {
      it(`rtsp-${id} reports missing ffmpeg, with advice`, async () => {
        const { sidebar } = running();
        const { code, message } = await sidebar.errorOf(id);
        assert.equal(code, "FFMPEG_MISSING");
        assert.match(message, /ffmpeg .*install/is);
        await sidebar.status(id, ({ fill, text }) => fill === "red" && text === "ffmpeg missing");
      });
    }

    it("isapi-audio reports missing ffmpeg", async () => {
      const { sidebar } = running();
      await sidebar.press("audio", { payload: tone(0.1) });
      assert.equal((await sidebar.errorOf("audio")).code, "FFMPEG_MISSING");
    });

    it("yolo-detect names the missing package", async () => {
      const { sidebar } = running();
      await sidebar.press("detect", { payload: jpeg(400, 64, 48) });
      const { code, message } = await sidebar.errorOf("detect");
      assert.equal(code, "DEPENDENCY_MISSING");
      assert.match(message, /onnxruntime-node/);
      assert.equal(sidebar.statusOf("detect")?.fill, "red");
    });

    it("detection-draw names the missing package", async () => {
      const { sidebar } = running();
      await sidebar.press("draw", detected);
      const { code, message } = await sidebar.errorOf("draw");
      assert.equal(code, "DEPENDENCY_MISSING");
      assert.match(message, /sharp/);
    });

    it("deploys every example without a crash", async () => {
      const { world } = running();
      for (const file of await readdir(examples)) {
        if (file.includes("(needs Dashboard 2)")) continue;
        await deploy(world.url, JSON.parse(await readFile(path.join(examples, file), "utf8")) as object[]);
      }
      await deploy(world.url, []);
      assert.doesNotMatch(world.output(), /uncaught|unhandled/i);
    });
  });
});
