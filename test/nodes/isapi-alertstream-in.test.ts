import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createRequire } from "node:module";
import type { Node, NodeInitializer, NodeMessageInFlow } from "node-red";
import helper from "node-red-node-test-helper";
import "../support/wired-node";
import isapiAlertstreamIn from "../../nodes/isapi-alertstream-in";
import isapiConfig from "../../nodes/isapi-config";
import type { CommonEvent } from "../../src/events";
import { alertJson, heartbeatXml, jpeg } from "../servers/isapi/alerts";
import { SimulatedDevice, type DeviceOptions } from "../servers/isapi-device";

interface EventMessage extends NodeMessageInFlow {
  payload: CommonEvent;
  raw?: string;
}

const catchNode = createRequire(__filename)("@node-red/nodes/core/common/25-catch") as NodeInitializer;

const credentials = { dev: { username: "flow", password: "s3cret:pass" } };

describe("the isapi-alertstream-in node", () => {
  let device: SimulatedDevice;
  let markers = 0;
  const messages = new EventEmitter<{ message: [EventMessage]; caught: [NodeMessageInFlow] }>();
  afterEach(async () => {
    messages.removeAllListeners();
    await helper.unload();
    await device.close();
  });

  async function deploy(
    config: object = {},
    options: Partial<DeviceOptions> = {},
    secrets: object = credentials,
    more: object[] = [],
  ): Promise<Node> {
    device = await SimulatedDevice.start(options);
    const opened = once(device, "stream");
    await helper.load(
      [isapiConfig, isapiAlertstreamIn, catchNode] as never,
      [
        { id: "tab", type: "tab" },
        { id: "dev", type: "isapi-config", name: "gate", url: device.url, timeout: "2" },
        { id: "in", z: "tab", type: "isapi-alertstream-in", device: "dev", wires: [["out"]], ...config },
        { id: "out", z: "tab", type: "helper" },
        { id: "catcher", z: "tab", type: "catch", scope: ["in"], wires: [["caught"]] },
        { id: "caught", z: "tab", type: "helper" },
        ...more,
      ] as never,
      secrets,
    );
    helper.getNode("out").on("input", (msg) => messages.emit("message", msg as EventMessage));
    helper.getNode("caught").on("input", (msg) => messages.emit("caught", msg));
    if (secrets === credentials && options.notifiesCenter !== false) await opened;
    return helper.getNode("in");
  }

  const nextEvent = async (): Promise<EventMessage> => (await once(messages, "message"))[0] as EventMessage;
  /** Answers once everything sent so far has been through: a marker of a type of its own. */
  async function collectUntilMarker(act: () => void): Promise<EventMessage[]> {
    const got: EventMessage[] = [];
    const marker = `marker${(markers += 1)}`;
    const done = new Promise<void>((resolve) => {
      messages.on("message", function collect(msg) {
        if (msg.payload.vendorType === marker) {
          messages.off("message", collect);
          resolve();
        } else if (!msg.payload.vendorType.toString().startsWith("marker")) got.push(msg);
      });
    });
    act();
    device.alert({ eventType: marker });
    await done;
    return got;
  }

  it("sends an alert as a common event, with source, device, channel and type in the topic", async () => {
    await deploy({ raw: true });
    const message = nextEvent();
    device.alert(
      { eventType: "linedetection", channelName: "Gate" },
      "<detectionTarget>human</detectionTarget>",
    );
    const { topic, payload, raw } = await message;
    assert.equal(topic, "isapi/gate/1/lineCrossing");
    assert.deepEqual(
      { ...payload, id: "", receivedTime: "", details: {} },
      {
        source: "isapi",
        type: "lineCrossing",
        vendorType: "linedetection",
        state: "start",
        id: "",
        time: "2025-03-04T05:06:07+02:00",
        receivedTime: "",
        device: { host: "127.0.0.1", mac: "02:00:5e:10:20:30", name: "gate" },
        channel: { id: "1", name: "Gate" },
        description: "Motion alarm",
        targets: [{ label: "human" }],
        images: [],
        details: {},
      },
    );
    assert.match(raw ?? "", /^<\?xml/);
  });

  it("joins a picture that follows unannounced to its alert, once", async () => {
    await deploy();
    const picture = jpeg(2000);
    const got = await collectUntilMarker(() => {
      device.alert({ eventType: "fielddetection" });
      device.part("image/jpeg", picture);
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.images[0]?.data),
      [picture],
    );
  });

  it("fetches a picture by URL with the device's credentials", async () => {
    await deploy();
    const picture = jpeg(2000);
    device.handlers.set("/pic/1.jpg", () => ({ status: 200, type: "image/jpeg", body: picture }));
    const message = nextEvent();
    device.alert({ eventType: "fielddetection" }, `<bkgUrl>${device.url}/pic/1.jpg?a=1&amp;b=2</bkgUrl>`);
    const { payload } = await message;
    const url = `${device.url}/pic/1.jpg?a=1&b=2`;
    assert.deepEqual(payload.images, [{ kind: "overview", mimeType: "image/jpeg", url, data: picture }]);
  });

  it("never sends the device's credentials to another host", async () => {
    await deploy();
    const other = await SimulatedDevice.start();
    try {
      const message = nextEvent();
      device.alert({ eventType: "fielddetection" }, `<bkgUrl>http://localhost:${other.port}/x.jpg</bkgUrl>`);
      const { payload } = await message;
      assert.equal(payload.images[0]?.data, undefined);
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it("suppresses repeats, and ends with the device's word", async () => {
    await deploy();
    const got = await collectUntilMarker(() => {
      for (let count = 0; count < 5; count += 1) device.alert({ activePostCount: count });
      device.alert({ eventState: "inactive" });
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.state),
      ["start", "end"],
    );
    assert.equal(got[0]?.payload.id, got[1]?.payload.id);
  });

  it("ends by itself where the device does not", async () => {
    await deploy({ endAfter: "0.05" });
    const states: string[] = [];
    const ended = new Promise<void>((resolve) => {
      messages.on("message", ({ payload }) => {
        states.push(payload.state);
        if (payload.state === "end") resolve();
      });
    });
    device.alert();
    await ended;
    assert.deepEqual(states, ["start", "end"]);
  });

  it("sends repeats as updates where they are wanted", async () => {
    await deploy({ updates: true });
    const got = await collectUntilMarker(() => {
      device.alert();
      device.alert();
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.state),
      ["start", "update"],
    );
  });

  it("swallows heartbeats, but not a video loss", async () => {
    await deploy({}, { heartbeatMs: 5 });
    const got = await collectUntilMarker(() => {
      device.alert({ eventType: "videoloss", eventState: "active" });
      device.alert({ eventType: "videoloss", eventState: "inactive" });
    });
    assert.deepEqual(
      got.map(({ payload }) => `${payload.type} ${payload.state}`),
      ["videoLoss start", "videoLoss end"],
    );
  });

  it("sends heartbeats where they are wanted", async () => {
    await deploy({ heartbeats: "true" });
    const message = nextEvent();
    device.part("application/xml", heartbeatXml());
    const { payload } = await message;
    assert.deepEqual([payload.type, payload.state], ["heartbeat", "pulse"]);
  });

  it("sends a plate once while it passes, and keeps it as text", async () => {
    await deploy();
    const read = (plate: string): void => {
      device.alert({ eventType: "ANPR" }, `<ANPR><licensePlate>${plate}</licensePlate></ANPR>`);
    };
    const got = await collectUntilMarker(() => {
      for (const plate of ["0012345", "0012345", "12E4567"]) read(plate);
    });
    assert.deepEqual(
      got.map(({ payload }) => [payload.state, payload.targets.map(({ plate }) => plate)]),
      [
        ["pulse", ["0012345"]],
        ["pulse", ["12E4567"]],
      ],
    );
  });

  it("filters by type, channel and target", async () => {
    await deploy({ eventTypes: ["lineCrossing", "unknown"], channels: "2,1", targets: "human" });
    const got = await collectUntilMarker(() => {
      device.alert({ eventType: "VMD" });
      device.alert({ eventType: "linedetection", channelID: 3 });
      device.alert(
        { eventType: "linedetection", channelID: 1 },
        "<detectionTarget>vehicle</detectionTarget>",
      );
      device.alert({ eventType: "linedetection", channelID: 2 }, "<detectionTarget>human</detectionTarget>");
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.channel.id),
      ["2"],
    );
  });

  it("counts a recorder's IP channels from 1 on, and keeps the raw number", async () => {
    await deploy({}, { kind: "nvr", channels: ["Yard", "Dock"] });
    const message = nextEvent();
    device.part(
      "application/json",
      alertJson({ eventType: "VMD", channelID: undefined as never, dynChannelID: "34" }),
    );
    const { payload } = await message;
    assert.equal(payload.channel.id, "2");
    assert.equal(payload.details.dynChannelID, "34");
  });

  it("shares one stream among all nodes of a device", async () => {
    await deploy({}, {}, credentials, [
      { id: "in2", z: "tab", type: "isapi-alertstream-in", device: "dev", wires: [["out"]] },
    ]);
    const got = await collectUntilMarker(() => {
      device.alert();
    });
    assert.equal(got.filter(({ payload }) => payload.type === "motion").length >= 1, true);
    assert.equal(device.streams, 1);
  });

  it("comes back quietly where a recorder closes the stream", async () => {
    const node = await deploy();
    const statuses: string[] = [];
    await collectUntilMarker(() => undefined);
    (node as unknown as EventEmitter).on("call:status", () => statuses.push("status"));
    const again = once(device, "stream");
    device.endStreams();
    await again;
    const got = await collectUntilMarker(() => {
      device.alert();
    });
    assert.equal(got.length, 1);
    assert.deepEqual(statuses, []);
  });

  it("tries the old path where the device knows no /ISAPI", async () => {
    await deploy({}, { streamPath: "/Event/notification/alertStream" });
    assert.equal(device.streams, 1);
  });

  it("takes events of doorbells that answer once per event, over one connection", async () => {
    await deploy({}, { responsePerEvent: true });
    for (let count = 0; count < 3; count += 1) {
      const [message, again] = [nextEvent(), once(device, "stream")];
      device.alert({ eventType: `door${count}` });
      assert.equal((await message).payload.vendorType, `door${count}`);
      await again;
    }
    const used = device.requests
      .filter(({ url }) => url.includes("alertStream"))
      .map(({ connection }) => connection);
    assert.equal(new Set(used).size, 1);
  });

  it("says what a 403 means, catchably", async () => {
    const caught = once(messages, "caught");
    await deploy({}, { notifiesCenter: false });
    const [msg] = (await caught) as [{ error: { message: string; code: string } }];
    assert.equal(msg.error.code, "ISAPI_FORBIDDEN");
    assert.match(msg.error.message, /Notify Surveillance Center/);
  });

  it("tries a wrong password once", async () => {
    const caught = once(messages, "caught");
    await deploy({}, {}, { dev: { username: "flow", password: "wrong" } });
    const [msg] = (await caught) as [{ error: { code: string } }];
    assert.equal(msg.error.code, "ISAPI_AUTH");
    assert.equal(device.guard.failures, 1);
  });

  it("reports loss and recovery of the device as events", async () => {
    await deploy({ offlineEvents: true });
    const { port } = device;
    const lost = nextEvent();
    await device.close();
    const start = (await lost).payload;
    const back = nextEvent();
    device = await SimulatedDevice.start({ port });
    const end = (await back).payload;
    assert.deepEqual(
      [start.type, start.state, end.state, end.id],
      ["deviceOffline", "start", "end", start.id],
    );
  }).timeout(20_000);
});
