import assert from "node:assert/strict";
import { once, type EventEmitter } from "node:events";
import { alertJson, heartbeatXml, jpeg } from "../servers/isapi/alerts";
import { SimulatedDevice } from "../servers/isapi-device";
import { AlertStreamRig } from "../support/alert-stream-rig";

describe("the isapi-alertstream-in node", () => {
  let rig: AlertStreamRig;
  beforeEach(() => {
    rig = new AlertStreamRig();
  });
  afterEach(() => rig.end());

  it("sends an alert as a common event, with source, device, channel and type in the topic", async () => {
    await rig.deploy({ raw: true });
    const message = rig.nextEvent();
    rig.device.alert(
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

  it("adds an unannounced image to its alert, once", async () => {
    await rig.deploy();
    const image = jpeg(2000);
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "fielddetection" });
      rig.device.part("image/jpeg", image);
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.images[0]?.data),
      [image],
    );
  });

  it("fetches an image by URL with the device's credentials", async () => {
    await rig.deploy();
    const image = jpeg(2000);
    rig.device.handlers.set("/pic/1.jpg", () => ({ status: 200, type: "image/jpeg", body: image }));
    const message = rig.nextEvent();
    rig.device.alert(
      { eventType: "fielddetection" },
      `<bkgUrl>${rig.device.url}/pic/1.jpg?a=1&amp;b=2</bkgUrl>`,
    );
    const { payload } = await message;
    const url = `${rig.device.url}/pic/1.jpg?a=1&b=2`;
    assert.deepEqual(payload.images, [{ kind: "overview", mimeType: "image/jpeg", url, data: image }]);
  });

  it("does not send the device's credentials to another host", async () => {
    await rig.deploy();
    const other = await SimulatedDevice.start();
    try {
      const message = rig.nextEvent();
      rig.device.alert(
        { eventType: "fielddetection" },
        `<bkgUrl>http://localhost:${other.port}/x.jpg</bkgUrl>`,
      );
      const { payload } = await message;
      assert.equal(payload.images[0]?.data, undefined);
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  it("suppresses repeats, and ends with the device's end", async () => {
    await rig.deploy();
    const got = await rig.collectUntilMarker(() => {
      for (let count = 0; count < 5; count += 1) rig.device.alert({ activePostCount: count });
      rig.device.alert({ eventState: "inactive" });
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.state),
      ["start", "end"],
    );
    assert.equal(got[0]?.payload.id, got[1]?.payload.id);
  });

  it("ends an alarm if the device does not", async () => {
    await rig.deploy({ endAfter: "0.05" });
    const states: string[] = [];
    const ended = new Promise<void>((resolve) => {
      rig.messages.on("message", ({ payload }) => {
        states.push(payload.state);
        if (payload.state === "end") resolve();
      });
    });
    rig.device.alert();
    await ended;
    assert.deepEqual(states, ["start", "end"]);
  });

  it("sends repeats as updates if configured", async () => {
    await rig.deploy({ updates: true });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert();
      rig.device.alert();
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.state),
      ["start", "update"],
    );
  });

  it("suppresses heartbeats, but not a video loss", async () => {
    await rig.deploy({}, { heartbeatMs: 5 });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "videoloss", eventState: "active" });
      rig.device.alert({ eventType: "videoloss", eventState: "inactive" });
    });
    assert.deepEqual(
      got.map(({ payload }) => `${payload.type} ${payload.state}`),
      ["videoLoss start", "videoLoss end"],
    );
  });

  it("sends heartbeats if configured", async () => {
    await rig.deploy({ heartbeats: "true" });
    const message = rig.nextEvent();
    rig.device.part("application/xml", heartbeatXml());
    const { payload } = await message;
    assert.deepEqual([payload.type, payload.state], ["heartbeat", "pulse"]);
  });

  it("sends a plate once while it passes, and keeps it as text", async () => {
    await rig.deploy();
    const read = (plate: string): void => {
      rig.device.alert({ eventType: "ANPR" }, `<ANPR><licensePlate>${plate}</licensePlate></ANPR>`);
    };
    const got = await rig.collectUntilMarker(() => {
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
    await rig.deploy({ eventTypes: ["lineCrossing", "unknown"], channels: "2,1", targets: "human" });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "VMD" });
      rig.device.alert({ eventType: "linedetection", channelID: 3 });
      rig.device.alert(
        { eventType: "linedetection", channelID: 1 },
        "<detectionTarget>vehicle</detectionTarget>",
      );
      rig.device.alert(
        { eventType: "linedetection", channelID: 2 },
        "<detectionTarget>human</detectionTarget>",
      );
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.channel.id),
      ["2"],
    );
  });

  it("counts a recorder's IP channels from 1, and keeps the device's number", async () => {
    await rig.deploy({}, { kind: "nvr", channels: ["Yard", "Dock"] });
    const message = rig.nextEvent();
    rig.device.part(
      "application/json",
      alertJson({ eventType: "VMD", channelID: undefined as never, dynChannelID: "34" }),
    );
    const { payload } = await message;
    assert.equal(payload.channel.id, "2");
    assert.equal(payload.details.dynChannelID, "34");
  });

  it("resolves the channel of the first event after a start, and keeps the order of events", async () => {
    await rig.deploy({ channels: "3,2" }, { kind: "hybrid", inputs: 2, channels: ["Till", "Door", "Yard"] });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "linedetection", channelID: 33 });
      rig.device.part("image/jpeg", jpeg(2000));
      rig.device.alert({ eventType: "fielddetection", channelID: 2 });
      rig.device.alert({ eventType: "linedetection", channelID: 33, eventState: "inactive" });
    }, 2);
    assert.deepEqual(
      got.map(({ payload }) => [payload.vendorType, payload.state, payload.channel, payload.images.length]),
      [
        ["linedetection", "start", { id: "3", name: "Yard" }, 1],
        ["fielddetection", "start", { id: "2", name: "Door" }, 0],
        ["linedetection", "end", { id: "3", name: "Yard" }, 0],
      ],
    );
  });

  it("does not wait for the channels of a device that does not list them", async () => {
    await rig.deploy({}, { kind: "nvr", channels: ["Yard"] });
    const never = new Promise<void>(() => undefined);
    for (const path of ["/ISAPI/System/Video/inputs/channels", "/ISAPI/ContentMgmt/InputProxy/channels"])
      rig.device.handlers.set(path, () => ({ status: 200, after: never }));
    const message = rig.nextEvent();
    rig.device.alert({ channelID: 33 });
    assert.deepEqual((await message).payload.channel, { id: "1" });
  });

  it("shares one stream among all nodes of a device", async () => {
    await rig.deploy({}, {}, undefined, [
      { id: "in2", z: "tab", type: "isapi-alertstream-in", device: "dev", wires: [["out"]] },
    ]);
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert();
    });
    assert.equal(got.filter(({ payload }) => payload.type === "motion").length >= 1, true);
    assert.equal(rig.device.streams, 1);
  });

  it("reconnects without a failure if a recorder closes the stream", async () => {
    const node = await rig.deploy();
    const statuses: string[] = [];
    await rig.collectUntilMarker(() => undefined);
    (node as unknown as EventEmitter).on("call:status", () => statuses.push("status"));
    const again = once(rig.device, "stream");
    rig.device.endStreams();
    await again;
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert();
    });
    assert.equal(got.length, 1);
    assert.deepEqual(statuses, []);
  });

  it("uses the old path if the device does not know /ISAPI", async () => {
    await rig.deploy({}, { streamPath: "/Event/notification/alertStream" });
    assert.equal(rig.device.streams, 1);
  });

  it("receives events of doorbells that respond once per event, over one connection", async () => {
    await rig.deploy({}, { responsePerEvent: true });
    for (let count = 0; count < 3; count += 1) {
      const [message, again] = [rig.nextEvent(), once(rig.device, "stream")];
      rig.device.alert({ eventType: `door${count}` });
      assert.equal((await message).payload.vendorType, `door${count}`);
      await again;
    }
    const used = rig.device.requests
      .filter(({ url }) => url.includes("alertStream"))
      .map(({ connection }) => connection);
    assert.equal(new Set(used).size, 1);
  });

  it("reports the meaning of a 403 to catch nodes", async () => {
    const caught = once(rig.messages, "caught");
    await rig.deploy({}, { notifiesCenter: false });
    const [msg] = (await caught) as [{ error: { message: string; code: string } }];
    assert.equal(msg.error.code, "ISAPI_FORBIDDEN");
    assert.match(msg.error.message, /Notify Surveillance Center/);
  });

  it("sends a wrong password once", async () => {
    const caught = once(rig.messages, "caught");
    await rig.deploy({}, {}, { dev: { username: "flow", password: "wrong" } });
    const [msg] = (await caught) as [{ error: { code: string } }];
    assert.equal(msg.error.code, "ISAPI_AUTH");
    assert.equal(rig.device.guard.failures, 1);
  });

  it("reports loss and recovery of the device as events", async () => {
    await rig.deploy({ offlineEvents: true });
    const { port } = rig.device;
    const lost = rig.nextEvent();
    await rig.device.close();
    const start = (await lost).payload;
    const back = rig.nextEvent();
    rig.device = await SimulatedDevice.start({ port });
    const end = (await back).payload;
    assert.deepEqual(
      [start.type, start.state, end.state, end.id],
      ["deviceOffline", "start", "end", start.id],
    );
  }).timeout(20_000);
});
