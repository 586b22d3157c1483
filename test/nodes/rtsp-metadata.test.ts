import assert from "node:assert/strict";
import { once } from "node:events";
import type { Node, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";

import isapiConfig from "../../nodes/isapi-config/runtime";
import rtspMetadata from "../../nodes/rtsp-metadata/runtime";
import type { CommonEvent } from "../../src/events";
import type { MetadataDocument } from "../../src/isapi/metadata/document";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { fireDocument, thermometryDocument } from "../servers/isapi/metadata";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedDevice, type SeenRequest } from "../servers/isapi-device";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../servers/rtsp-camera";
import { numberedClip } from "../support/clips";
import { RunningExample } from "../support/example";
import { breakdowns, garbage, otherDocuments, refusals, type Failure } from "../support/isapi-failures";
import { assertNoSecrets, errorsOf, statusesOf, untilShown, warningsOf } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

type DocumentMessage = NodeMessage & { payload: MetadataDocument; raw?: string };
type EventMessage = NodeMessage & { payload: CommonEvent };

const login = { username: "viewer", password: `n4sty:p@ss/w'rd%"ö` };
const rule = { id: 1, highest: 85, lowest: 20, average: 40 };

describe("the rtsp-metadata node", () => {
  let ffmpeg: string;
  let video: string;
  let camera: RtspCamera;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 2, keyframeInterval: 5 });
  });
  afterEach(async () => {
    await helper.unload();
    await camera.close();
  });

  async function wire(
    config: object = {},
    options: Partial<RtspCameraOptions> = {},
    credentials: object = login,
  ): Promise<WiredNode<DocumentMessage>> {
    camera = await startRtspCamera({ video, ffmpeg, ...login, tracks: ["video", "metadata"], ...options });
    return wireNode(
      rtspMetadata,
      {
        ...{ type: "rtsp-metadata", source: "url", url: camera.url, ffmpeg },
        ...{ wires: [["out"], ["events"]], ...config },
      },
      { nodes: [{ id: "events", z: "tab", type: "helper" }], credentials: { subject: credentials } },
    );
  }
  async function next<Message>(id: "out" | "events"): Promise<Message> {
    return (await once(helper.getNode(id), "input"))[0] as Message;
  }

  it("uses its name as one level of the topic", async () => {
    const { node } = await wire({ name: "hall/kiln #1" });
    await untilShown(node, "status.connected");
    const received = next<DocumentMessage>("out");
    camera.sendMetadata(thermometryDocument([rule]), 100);
    assert.equal((await received).topic, "hall_kiln _1");
  });

  it("sends documents to its first output, with a camera name without credentials", async () => {
    const { node } = await wire({ raw: true });
    await untilShown(node, "status.connected");
    const xml = thermometryDocument([rule]);
    const received = next<DocumentMessage>("out");
    camera.sendMetadata(xml, 100);
    const { topic, payload, raw } = await received;
    assert.equal(topic, camera.url.replace("rtsp://", ""));
    assert.equal(payload.subType, "thermometry");
    assert.equal(payload.readings[0]?.temperatures?.max, 85);
    assert.equal(raw, xml.slice(xml.indexOf("<Metadata")));
    assertNoSecrets(node, [login.password, encodeURIComponent(login.password)]);
  });

  it("sends events above the threshold to its second output, with start and end", async () => {
    const { node } = await wire({ name: "Boiler", threshold: "80", endAfter: "1" });
    await untilShown(node, "status.connected");
    const started = next<EventMessage>("events");
    camera.sendMetadata(thermometryDocument([rule, { ...rule, id: 2, highest: 70 }]));
    const start = await started;
    assert.equal(start.topic, "isapi/Boiler/2/temperature");
    assert.deepEqual([start.payload.state, start.payload.targets[0]?.attributes?.temperature], ["start", 85]);
    const end = await next<EventMessage>("events");
    assert.deepEqual([end.payload.state, end.payload.id], ["end", start.payload.id]);
  });

  it("sends fire events without a threshold", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    const started = next<EventMessage>("events");
    camera.sendMetadata(fireDocument([{ distance: 120, temperature: 400 }]));
    const { topic, payload } = await started;
    assert.equal(topic, "isapi/127.0.0.1/2/fire");
    assert.equal(payload.targets[0]?.attributes?.distance, 120);
  });

  it("continues after an unreadable document", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    const received = next<DocumentMessage>("out");
    camera.sendMetadata("<Metadata><!DOCTYPE x></Metadata>".repeat(3));
    camera.sendMetadata(fireDocument([]));
    assert.equal((await received).payload.subType, "fireDetection");
    assert.deepEqual(errorsOf(node), []);
  });

  it("stops, reports its state and restarts on messages", async () => {
    const { node, handle, received } = await wire({ autostart: "false" });
    assert.deepEqual([statusesOf(node), camera.connections], [["status.stopped"], 0]);
    await handle({ action: "start" });
    await untilShown(node, "status.connected");
    await handle({ action: "stop" });
    assert.equal(statusesOf(node).at(-1), "status.stopped");
    await handle({ action: "status" });
    assert.deepEqual(received.at(-1)?.payload, { state: "stopped", restarts: 0, documents: 0 });
    await handle({ action: "restart" });
    await untilShown(node, "status.connected");
    const document = next("out");
    camera.sendMetadata(thermometryDocument([rule]));
    await document;
    await handle({ action: "restart" });
    await untilShown(node, "status.connected");
  });

  it("opens the URL of a message, and does not reveal its credentials", async () => {
    const { node, handle } = await wire({ source: "msg", url: "" }, {}, {});
    const userinfo = `${login.username}:${encodeURIComponent(login.password)}`;
    await handle({ url: camera.url.replace("rtsp://", `rtsp://${userinfo}@`) });
    await untilShown(node, "status.connected");
    assertNoSecrets(node, [login.password, encodeURIComponent(login.password)]);
  });

  const reported = async (node: Node, code: string): Promise<void> => {
    await untilShown(node, `status.error.${code}`);
    const [error, ...more] = errorsOf(node) as { code: string }[];
    assert.deepEqual([error?.code, more], [code, []]);
  };

  it("reports a stream without metadata once to a Catch node", async () => {
    const { node } = await wire({}, { tracks: ["video"] });
    await reported(node, "RTSP_NO_METADATA");
  });

  it("reports a wrong password once, and does not retry it", async () => {
    const { node } = await wire({}, {}, { ...login, password: "wrong-one" });
    await reported(node, "RTSP_UNAUTHORIZED");
    assert.equal(camera.wrongLogins, 1);
    assertNoSecrets(node, ["wrong-one"]);
  });

  it("reports a missing ffmpeg once", async () => {
    const { node } = await wire({ ffmpeg: "/nowhere/ffmpeg" });
    await reported(node, "FFMPEG_MISSING");
  });

  it("rejects invalid settings", async () => {
    camera = await startRtspCamera({ video, ffmpeg });
    for (const setting of [{ threshold: "hot" }, { endAfter: "0" }, { transport: "pigeon" }, { url: "" }]) {
      const config = { type: "rtsp-metadata", source: "url", url: camera.url, ffmpeg, ...setting };
      const { handle } = await wireNode(rtspMetadata, config);
      assert.equal((await handle({ action: "stop" }))?.code, "CONFIG_INVALID");
      await helper.unload();
    }
    assert.equal(camera.connections, 0);
  });

  it("closes at once, even if the camera hangs", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    camera.freeze();
    const gone = once(camera, "disconnection");
    await helper.unload();
    camera.thaw();
    await gone;
    assert.equal(camera.playing, 0);
  });

  describe("with an ISAPI device as source", () => {
    let device: SimulatedDevice;
    let settings: SimulatedSettings;
    beforeEach(async () => {
      device = await SimulatedDevice.start({ ...login, channels: ["Yard", "Kiln"] });
      settings = new SimulatedSettings(device);
      camera = await startRtspCamera({
        ...{ video, ffmpeg, ...login, tracks: ["video", "metadata"], path: "/Streaming/Channels/201" },
      });
    });
    afterEach(async () => {
      await helper.unload();
      await device.close();
    });
    const wireDevice = (
      config: object = {},
      password = login.password,
    ): Promise<WiredNode<DocumentMessage>> =>
      wireNode(
        rtspMetadata,
        {
          ...{ type: "rtsp-metadata", source: "isapi", device: "device", channel: "201", ffmpeg },
          ...{ rtspPort: String(camera.port), ...config },
        },
        {
          initializers: [isapiConfig],
          nodes: [{ id: "device", type: "isapi-config", url: device.url, timeout: "0.5" }],
          credentials: { device: { ...login, password } },
        },
      );
    const switches = (): string[] =>
      [
        ...(settings.documents.get("/ISAPI/Streaming/channels/2/metadata") ?? "").matchAll(
          /<type>(\w+)<\/type>\s*<enabled?>(\w+)</g,
        ),
      ].map(([, type, on]) => `${type ?? ""} ${on ?? ""}`);

    it("switches on only thermometry and fire detection before it connects", async () => {
      const before = switches();
      assert.ok(before.includes("thermometry false"));
      let connected = false;
      device.on("request", ({ method }) => {
        if (method === "PUT") connected ||= camera.connections > 0;
      });
      const { node } = await wireDevice();
      await untilShown(node, "status.connected");
      const isOurs = (entry: string): boolean => /^(thermometry|fireDetection) /.test(entry);
      assert.deepEqual(
        switches(),
        before.map((entry) => (isOurs(entry) ? entry.replace("false", "true") : entry)),
      );
      // Each PUT is a write to the flash memory of the device.
      assert.equal(device.requests.filter(({ method }) => method === "PUT").length, 1);
      assert.equal(connected, false);
      assertNoSecrets(node, [login.password]);
    });

    it("writes nothing if both are on, or if the setting is off", async () => {
      const first = await wireDevice();
      await untilShown(first.node, "status.connected");
      await helper.unload();
      device.requests.length = 0;
      const second = await wireDevice();
      await untilShown(second.node, "status.connected");
      assert.ok(device.requests.length > 0 && device.requests.every(({ method }) => method === "GET"));
      await helper.unload();
      device.requests.length = 0;
      const third = await wireDevice({ enable: false });
      await untilShown(third.node, "status.connected");
      assert.deepEqual(device.requests, []);
    });

    it("connects and logs a warning if the device does not have the setting", async () => {
      for (const path of [...settings.documents.keys()].filter((key) => key.endsWith("/metadata")))
        device.handlers.delete(path);
      const { node } = await wireDevice();
      await untilShown(node, "status.connected");
      assert.match(warningsOf(node)[0] ?? "", /Switching on metadata failed/);
    });

    const failsWith = ({ handler }: Failure): void => {
      settings.failures.push(handler({ url: "/ISAPI/Streaming/channels/2/metadata" } as SeenRequest));
    };
    for (const failure of [...refusals.slice(0, 1), ...breakdowns])
      it(`reports that the device ${failure.what}, retries, and connects`, async () => {
        failsWith(failure);
        const { node } = await wireDevice();
        await reported(node, failure.code);
        await untilShown(node, "status.connected");
      });

    for (const failure of [...refusals.slice(1), garbage, ...otherDocuments])
      it(`connects and logs a warning if the device ${failure.what}`, async () => {
        failsWith(failure);
        const { node } = await wireDevice();
        await untilShown(node, "status.connected");
        assert.match(warningsOf(node)[0] ?? "", /Switching on metadata failed/);
        assert.deepEqual(errorsOf(node), []);
      });

    it("tries a wrong password once, and only at the device", async () => {
      const { node } = await wireDevice({}, "wrong-one");
      await reported(node, "ISAPI_AUTH");
      assert.equal(camera.connections, 0);
      assertNoSecrets(node, ["wrong-one"]);
    });
  });

  it("runs in example 35", async () => {
    const device = await SimulatedDevice.start({ channels: ["Yard", "Kiln"] });
    const streamLogin = { username: "flow", password: "s3cret:pass" };
    camera = await startRtspCamera({
      ...{ video, ffmpeg, ...streamLogin, tracks: ["video", "metadata"], path: "/Streaming/Channels/202" },
    });
    try {
      const example = await RunningExample.deploy("35", {
        typedIn: {
          "isapi-config": { url: device.url },
          "rtsp-metadata": { rtspPort: String(camera.port), ffmpeg },
        },
        credentials: { device: streamLogin },
      });
      await untilShown(example.node("stream"), "status.connected");
      const [shown, report] = [example.next("show"), example.next("report")];
      camera.sendMetadata(thermometryDocument([rule]));
      assert.deepEqual((await shown).payload, { average: 40, min: 20, max: 85 });
      assert.equal((await report).payload, "temperature start: 85 °C");
    } finally {
      await helper.unload();
      await device.close();
    }
  });
});
