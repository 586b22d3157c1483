import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { Alert } from "../../../../src/isapi/alerts/alert";
import type { SourceState } from "../../../../src/events/source";
import { AlertStream } from "../../../../src/isapi/alerts/alert-stream";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import type { Part } from "../../../../src/isapi/stream/part-parser";
import { alertJson, alertXml, heartbeatXml, jpeg } from "../../../servers/isapi/alerts";
import { subscribeEventResponse } from "../../../servers/isapi/alert-documents";
import { frame, framings } from "../../../servers/isapi/framing";
import { SimulatedDevice, type DeviceOptions, type SeenRequest } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

describe("AlertStream", () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function start(options: Partial<DeviceOptions> = {}) {
    const simulated = await SimulatedDevice.start(options);
    const clock = new ManualClock();
    const device = new IsapiDevice({
      url: simulated.url,
      username: "flow",
      password: "s3cret:pass",
      clock,
      random: () => 0.5,
    });
    open.push(
      () => device.close(),
      () => simulated.close(),
    );
    const events = new EventEmitter<{
      alert: [Alert];
      image: [Part];
      state: [SourceState];
      warning: [string];
    }>();
    const states: SourceState[] = [];
    const listen = (): (() => void) =>
      device.shared(AlertStream).listen({
        alert: (alert) => events.emit("alert", alert),
        imageBegins: () => undefined,
        image: (part) => events.emit("image", part),
        state: (state) => {
          states.push(state);
          events.emit("state", state);
        },
        warning: (text) => events.emit("warning", text),
      });
    const opened = once(simulated, "stream");
    const connected = untilState("waiting");
    const leave = listen();
    async function untilState(kind: SourceState["kind"]): Promise<SourceState> {
      for (;;) {
        const [state] = (await once(events, "state")) as [SourceState];
        if (state.kind === kind) return state;
      }
    }
    await Promise.all([opened, connected]);
    return { simulated, device, clock, events, states, leave, listen, untilState };
  }

  it("opens with the first listener and closes with the last", async () => {
    const { simulated, leave, listen } = await start();
    const leaveToo = listen();
    assert.equal(simulated.streams, 1);
    leave();
    const closed = once(simulated, "streamClosed");
    leaveToo();
    await closed;
    const again = once(simulated, "stream");
    listen();
    await again;
    assert.equal(simulated.streams, 1);
  });

  it("reconnects and reports it after three missed heartbeats", async () => {
    const { simulated, clock, events, untilState } = await start();
    for (let beat = 0; beat < 4; beat += 1) {
      const alert = once(events, "alert");
      simulated.part("application/xml", heartbeatXml());
      await alert;
      clock.advance(12);
    }
    const down = untilState("retrying");
    clock.advance(40);
    const state = await down;
    assert.ok(state.kind === "retrying");
    assert.equal(state.error.code, "ISAPI_SILENT");
    const again = once(simulated, "stream");
    await Promise.resolve();
    clock.advance(2);
    await again;
  });

  it("sends a device without heartbeats a request, and reopens the stream without a failure if it responds", async () => {
    const { simulated, clock, states } = await start();
    const probed = once(simulated, "request");
    const closed = once(simulated, "streamClosed");
    const again = once(simulated, "stream");
    clock.advance(301);
    const [request] = (await probed) as [SeenRequest];
    assert.equal(request.url, "/ISAPI/System/time");
    await closed;
    // The pause before the stream reopens starts when the old one has ended.
    while (clock.pending === 0) await new Promise(setImmediate);
    clock.advance(1);
    await again;
    assert.deepEqual(states, [{ kind: "connecting" }, { kind: "waiting" }]);
  });

  it("is waiting until data arrives", async () => {
    const { simulated, states, events } = await start();
    assert.deepEqual(states.at(-1), { kind: "waiting" });
    const alert = once(events, "alert");
    simulated.part("application/xml", heartbeatXml());
    await alert;
    assert.deepEqual(states.at(-1), { kind: "connected" });
  });

  it("detects within a minute that a device without heartbeats is offline, although the connection stays open", async () => {
    const { simulated, clock, untilState } = await start();
    const down = untilState("retrying");
    simulated.vanish();
    clock.advance(60);
    const state = await down;
    assert.ok(state.kind === "retrying");
    assert.equal(state.error.code, "ISAPI_SILENT");
    assert.match(state.error.message, /60 s/);
  });

  it("is quiet after two missed heartbeats, and reports an offline device", async () => {
    const { simulated, clock, events, states, untilState } = await start();
    for (let beat = 0; beat < 4; beat += 1) {
      const alert = once(events, "alert");
      simulated.part("application/xml", heartbeatXml());
      await alert;
      clock.advance(1);
    }
    simulated.vanish();
    const down = untilState("retrying");
    clock.advance(14);
    assert.deepEqual(states.at(-1), { kind: "quiet" });
    await down;
  });

  it("does not count a drip as connected while heartbeats are missing", async () => {
    const { simulated, clock, events, states } = await start();
    for (let count = 0; count < 4; count += 1) {
      const alert = once(events, "alert");
      simulated.part("application/xml", heartbeatXml());
      await alert;
      clock.advance(1);
    }
    const probed = once(simulated, "request");
    clock.advance(15);
    await probed;
    assert.deepEqual(states.at(-1), { kind: "quiet" });
    const dripped = once(events, "warning");
    simulated.raw('\r\nContent-Type: application/json\r\n\r\n{"a": x}\r\n');
    await dripped;
    assert.deepEqual(states.at(-1), { kind: "quiet" });
  });

  it("accepts any response as online, and the next heartbeat as a sign of life", async () => {
    const { simulated, clock, events, states } = await start();
    simulated.handlers.set("/ISAPI/System/time", () => ({ status: 403 }));
    const beat = async (): Promise<void> => {
      const alert = once(events, "alert");
      simulated.part("application/xml", heartbeatXml());
      await alert;
      clock.advance(1);
    };
    for (let count = 0; count < 4; count += 1) await beat();
    const probed = once(simulated, "request");
    clock.advance(15);
    await probed;
    assert.deepEqual(states.at(-1), { kind: "quiet" });
    await beat();
    assert.deepEqual(states.at(-1), { kind: "connected" });
  });

  it("reconnects with growing pauses while the device is offline", async () => {
    const { simulated, clock, untilState, states } = await start();
    const down = untilState("retrying");
    await simulated.close();
    open.pop();
    await down;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      while (clock.pending === 0) await new Promise(setImmediate);
      const next = untilState("retrying");
      clock.advance(100);
      await next;
    }
    const waits = states.flatMap((state) => (state.kind === "retrying" ? [state.retryMs] : []));
    assert.deepEqual(waits, [750, 1500, 3000, 6000]);
  });

  it("reports that the connection limit is reached", async () => {
    const { simulated } = await start({ maxStreams: 1 });
    const second = new IsapiDevice({
      url: simulated.url,
      username: "flow",
      password: "s3cret:pass",
      clock: new ManualClock(),
    });
    open.unshift(() => second.close());
    const state = await new Promise<SourceState>((resolve) => {
      second.shared(AlertStream).listen({
        alert: () => undefined,
        imageBegins: () => undefined,
        image: () => undefined,
        state: (next) => {
          if (next.kind === "retrying") resolve(next);
        },
        warning: () => undefined,
      });
    });
    assert.ok(state.kind === "retrying");
    assert.equal(state.error.code, "ISAPI_CONNECTION_LIMIT");
    assert.match(state.error.message, /Close other clients/);
  });

  it("warns of parts that are not alerts, and continues", async () => {
    const { simulated, events } = await start();
    const warned = once(events, "warning");
    simulated.part("application/json", '{"a": nonsense}');
    assert.match(String((await warned)[0]), /JSON cannot be read/);
    const alert = once(events, "alert");
    simulated.alert();
    await alert;
  });

  it("ignores the response to a subscription", async () => {
    const { simulated, events } = await start();
    const warnings: string[] = [];
    events.on("warning", (text) => warnings.push(text));
    const received = once(events, "alert");
    simulated.part("application/xml", subscribeEventResponse());
    simulated.part("application/json", '{"SubscribeEventResponse":{"id":1,"FailedEventList":[]}}');
    simulated.alert({ eventType: "VMD" });
    const [alert] = (await received) as [Alert];
    assert.equal(alert.vendorType, "VMD");
    assert.deepEqual(warnings, []);
  });

  for (const [name, framing] of Object.entries(framings)) {
    it(`reads all alerts and images of a capture with random chunks and times: ${name}`, async () => {
      const { simulated, events } = await start({ framing });
      const recording = Buffer.concat(
        [0, 1, 2].flatMap((id) => [
          frame(framing, "application/xml", heartbeatXml()),
          frame(framing, "application/xml", alertXml({ eventType: "VMD", eventID: id })),
          frame(framing, "image/jpeg", jpeg(3000)),
          frame(framing, "application/json", alertJson({ eventID: id })),
        ]),
      );
      const got = { alerts: 0, images: 0 };
      events.on("image", () => (got.images += 1));
      const complete = new Promise<void>((resolve) => {
        events.on("alert", () => {
          got.alerts += 1;
          if (got.alerts === 9) resolve();
        });
      });
      await simulated.replay(recording, { seed: name.length, maxChunk: 3000, maxPauseMs: 1 });
      await complete;
      assert.deepEqual(got, { alerts: 9, images: 3 });
    });
  }
});
