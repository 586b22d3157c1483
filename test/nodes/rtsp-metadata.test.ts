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
import { assertNothingSaid, errorsOf, statusesOf, untilShown, warningsOf } from "../support/said";
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

  it("makes one level of its name in the topic", async () => {
    const { node } = await wire({ name: "hall/kiln #1" });
    await untilShown(node, "status.connected");
    const received = next<DocumentMessage>("out");
    camera.sendMetadata(thermometryDocument([rule]), 100);
    assert.equal((await received).topic, "hall_kiln _1");
  });

  it("sends documents on its first output, and names the camera without credentials", async () => {
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
    assertNothingSaid(node, [login.password, encodeURIComponent(login.password)]);
  });

  it("sends events above the threshold on its second output, with start and end", async () => {
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

  it("makes events of fires without a threshold", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    const started = next<EventMessage>("events");
    camera.sendMetadata(fireDocument([{ distance: 120, temperature: 400 }]));
    const { topic, payload } = await started;
    assert.equal(topic, "isapi/127.0.0.1/2/fire");
    assert.equal(payload.targets[0]?.attributes?.distance, 120);
  });

  it("goes on behind a document that cannot be read", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    const received = next<DocumentMessage>("out");
    camera.sendMetadata("<Metadata><!DOCTYPE x></Metadata>".repeat(3));
    camera.sendMetadata(fireDocument([]));
    assert.equal((await received).payload.subType, "fireDetection");
    assert.deepEqual(errorsOf(node), []);
  });

  it("stops, answers for its state and starts again when told so", async () => {
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

  it("takes a URL out of a message, with credentials that it shows nowhere", async () => {
    const { node, handle } = await wire({ source: "msg", url: "" }, {}, {});
    const userinfo = `${login.username}:${encodeURIComponent(login.password)}`;
    await handle({ url: camera.url.replace("rtsp://", `rtsp://${userinfo}@`) });
    await untilShown(node, "status.connected");
    assertNothingSaid(node, [login.password, encodeURIComponent(login.password)]);
  });

  const reported = async (node: Node, code: string): Promise<void> => {
    await untilShown(node, `status.error.${code}`);
    const [error, ...more] = errorsOf(node) as { code: string }[];
    assert.deepEqual([error?.code, more], [code, []]);
  };

  it("reports once, so that a Catch node sees it, that a stream has no metadata", async () => {
    const { node } = await wire({}, { tracks: ["video"] });
    await reported(node, "RTSP_NO_METADATA");
  });

  it("reports once that the password is wrong, and does not try it again", async () => {
    const { node } = await wire({}, {}, { ...login, password: "wrong-one" });
    await reported(node, "RTSP_UNAUTHORIZED");
    assert.equal(camera.wrongLogins, 1);
    assertNothingSaid(node, ["wrong-one"]);
  });

  it("reports once that there is no ffmpeg", async () => {
    const { node } = await wire({ ffmpeg: "/nowhere/ffmpeg" });
    await reported(node, "FFMPEG_MISSING");
  });

  it("refuses settings that cannot be meant", async () => {
    camera = await startRtspCamera({ video, ffmpeg });
    for (const setting of [{ threshold: "hot" }, { endAfter: "0" }, { transport: "pigeon" }, { url: "" }]) {
      const config = { type: "rtsp-metadata", source: "url", url: camera.url, ffmpeg, ...setting };
      const { handle } = await wireNode(rtspMetadata, config);
      assert.equal((await handle({ action: "stop" }))?.code, "CONFIG_INVALID");
      await helper.unload();
    }
    assert.equal(camera.connections, 0);
  });

  it("closes at once, also when the camera hangs", async () => {
    const { node } = await wire();
    await untilShown(node, "status.connected");
    camera.freeze();
    const gone = once(camera, "disconnection");
    await helper.unload();
    camera.thaw();
    await gone;
    assert.equal(camera.playing, 0);
  });

  describe("with an ISAPI device as its source", () => {
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

    it("switches thermometry and fires on before it connects, and nothing else", async () => {
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
      // Each is a write to the device's flash memory.
      assert.equal(device.requests.filter(({ method }) => method === "PUT").length, 1);
      assert.equal(connected, false);
      assertNothingSaid(node, [login.password]);
    });

    it("writes nothing where they are on, or where it is told not to", async () => {
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

    it("connects all the same where the device has no such switch, and says so in the log", async () => {
      for (const path of [...settings.documents.keys()].filter((key) => key.endsWith("/metadata")))
        device.handlers.delete(path);
      const { node } = await wireDevice();
      await untilShown(node, "status.connected");
      assert.match(warningsOf(node)[0] ?? "", /Metadata could not be switched on/);
    });

    const failsWith = ({ answer }: Failure): void => {
      settings.failures.push(answer({ url: "/ISAPI/Streaming/channels/2/metadata" } as SeenRequest));
    };
    for (const failure of [...refusals.slice(0, 1), ...breakdowns])
      it(`reports that the device ${failure.what}, tries again, and connects`, async () => {
        failsWith(failure);
        const { node } = await wireDevice();
        await reported(node, failure.code);
        await untilShown(node, "status.connected");
      });

    for (const failure of [...refusals.slice(1), garbage, ...otherDocuments])
      it(`connects all the same, with a word in the log, where the device ${failure.what}`, async () => {
        failsWith(failure);
        const { node } = await wireDevice();
        await untilShown(node, "status.connected");
        assert.match(warningsOf(node)[0] ?? "", /Metadata could not be switched on/);
        assert.deepEqual(errorsOf(node), []);
      });

    it("tries a wrong password once, at the device only", async () => {
      const { node } = await wireDevice({}, "wrong-one");
      await reported(node, "ISAPI_AUTH");
      assert.equal(camera.connections, 0);
      assertNothingSaid(node, ["wrong-one"]);
    });
  });

  it("is shown by the example 35", async () => {
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
