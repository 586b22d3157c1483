import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { SurveillanceError } from "../../../../src/core/errors";
import type { SourceState } from "../../../../src/events/source";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import type { ThermalReading } from "../../../../src/isapi/thermal/readings";
import { RealtimeThermometry, type RealtimeUpload } from "../../../../src/isapi/thermal/realtime";
import { SimulatedThermalCamera, upload, type ThermalOptions } from "../../../servers/isapi/thermal";
import { SimulatedDevice } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

describe("RealtimeThermometry", () => {
  let device: SimulatedDevice;
  let camera: SimulatedThermalCamera;
  let client: IsapiClient;
  let stream: RealtimeThermometry | undefined;
  afterEach(async () => {
    await stream?.close();
    stream = undefined;
    await client.close();
    await device.close();
  });

  async function start(options: Partial<ThermalOptions> = {}, password = "s3cret:pass"): Promise<void> {
    device = await SimulatedDevice.start();
    camera = new SimulatedThermalCamera(device, options);
    client = new IsapiClient({ url: device.url, username: "flow", password });
  }
  let clock: ManualClock;
  let events: EventEmitter<{
    event: [RealtimeUpload];
    state: [SourceState];
    failure: [SurveillanceError];
    warning: [string];
  }>;

  function listen(): void {
    clock = new ManualClock();
    events = new EventEmitter();
    stream = new RealtimeThermometry(
      { client, channel: "2", clock, random: () => 0.5 },
      {
        event: (upload) => void events.emit("event", upload),
        state: (state) => events.emit("state", state),
        failure: (error) => events.emit("failure", error),
        warning: (text) => events.emit("warning", text),
      },
    );
  }
  async function until(kind: SourceState["kind"]): Promise<SourceState> {
    for (;;) {
      const [state] = (await once(events, "state")) as [SourceState];
      if (state.kind === kind) return state;
    }
  }
  async function connect(options: Partial<ThermalOptions> = {}): Promise<void> {
    await start(options);
    const opened = once(camera, "stream");
    listen();
    await Promise.all([opened, until("connected")]);
  }
  const readings = async (): Promise<ThermalReading[]> =>
    ((await once(events, "event"))[0] as RealtimeUpload).readings;

  it("reports each upload as it arrives", async () => {
    await connect();
    const coming = readings();
    camera.send(upload({ ruleID: 1 }), upload({ ruleID: 2 }));
    assert.deepEqual(
      (await coming).map(({ rule }) => rule.id),
      ["1", "2"],
    );
  });

  it("ignores parts without temperatures, with a warning", async () => {
    await connect();
    const warned = once(events, "warning");
    const coming = readings();
    camera.raw('--boundary\r\nContent-Type: application/json\r\n\r\n{"other":1}\r\n');
    camera.send(upload());
    assert.match(String((await warned)[0]), /cannot be read/);
    assert.equal((await coming).length, 1);
  });

  it("reopens a stream that the device has ended, without an error", async () => {
    await connect();
    const coming = readings();
    camera.send(upload());
    await coming;
    const opened = once(camera, "stream");
    camera.endStreams();
    const timer = setInterval(() => {
      clock.advance(0.3);
    }, 5);
    const [state] = (await once(events, "state")) as [SourceState];
    await opened;
    clearInterval(timer);
    assert.equal(state.kind, "connected");
  });

  it("reports a lost connection, and waits longer after each failure", async () => {
    await connect();
    const retrying = until("retrying");
    device.breakConnections();
    const first = await retrying;
    assert.ok(first.kind === "retrying" && first.error.code === "CONNECTION_LOST");
    device.handlers.set("/ISAPI/Thermal/capabilities", () => ({ status: 503 }));
    const again = until("retrying");
    clock.advance(1);
    const second = await again;
    assert.ok(second.kind === "retrying" && second.failures === 2 && second.retryMs > first.retryMs);
  });

  it("reopens a silent stream", async () => {
    await connect();
    const retrying = until("retrying");
    clock.advance(301);
    const state = await retrying;
    assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_SILENT");
  });

  it("reports a device without real-time thermometry, and opens no stream", async () => {
    await start({ realtime: false });
    listen();
    const state = await until("retrying");
    assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_NOT_FOUND");
    assert.match(state.error.message, /does not support real-time thermometry/);
    assert.equal(camera.streams, 0);
  });

  it("sends a rejected password once, and waits", async () => {
    await start({}, "wrong");
    listen();
    const state = await until("retrying");
    assert.ok(state.kind === "retrying" && state.error.code === "ISAPI_AUTH");
    assert.equal(device.guard.failures, 1);
  });

  it("reports an error once until it is over", async () => {
    await connect();
    const failures: string[] = [];
    events.on("failure", ({ code }) => failures.push(code));
    const fail = async (act: () => void): Promise<void> => {
      const retrying = until("retrying");
      act();
      await retrying;
    };
    const next = (): void => {
      clock.advance(20);
    };
    await fail(() => {
      device.breakConnections();
    });
    device.handlers.set("/ISAPI/Thermal/capabilities", () => ({ status: 503 }));
    await fail(next);
    await fail(next);
    assert.deepEqual(failures, ["CONNECTION_LOST", "ISAPI_BUSY"]);
  });

  it("runs beside another stream of the same device", async () => {
    await connect();
    const opened = once(device, "stream");
    const response = await client.request({ path: device.options.streamPath, connection: "eventStream" });
    await opened;
    assert.equal(response.status, 200);
    response.body.on("error", () => undefined).destroy();
  });
});
