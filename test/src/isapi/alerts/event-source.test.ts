import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { CommonEvent } from "../../../../src/events";
import { IsapiEventSource, type IsapiEventSourceOptions } from "../../../../src/isapi/alerts/event-source";
import { AlertStream } from "../../../../src/isapi/alerts/alert-stream";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import { heartbeatXml } from "../../../servers/isapi/alerts";
import { SimulatedDevice, type DeviceOptions } from "../../../servers/isapi-device";
import { ManualClock } from "../../../support/manual-clock";

describe("IsapiEventSource", () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function start(options: IsapiEventSourceOptions = {}, deviceOptions: Partial<DeviceOptions> = {}) {
    const simulated = await SimulatedDevice.start(deviceOptions);
    const clock = new ManualClock("2026-03-02T08:00:00.000Z");
    const device = new IsapiDevice({ url: simulated.url, username: "flow", password: "s3cret:pass", clock });
    const events = new EventEmitter<{ event: [CommonEvent]; alert: [] }>();
    const opened = once(simulated, "stream");
    const leave = device.shared(AlertStream).listen({
      alert: () => events.emit("alert"),
      imageBegins: () => undefined,
      image: () => undefined,
      state: () => undefined,
      warning: () => undefined,
    });
    const source = new IsapiEventSource(
      device,
      { images: false, ...options },
      {
        event: ({ event }) => void events.emit("event", event),
        state: () => undefined,
        failure: () => undefined,
        warning: () => undefined,
      },
    );
    open.push(async () => {
      leave();
      await source.close();
      await device.close();
      await simulated.close();
    });
    await opened;
    const next = async (): Promise<CommonEvent> => ((await once(events, "event")) as [CommonEvent])[0];
    return { simulated, clock, events, next };
  }

  describe("the end of an occurrence without an end from the device", () => {
    it("has the time and zone of the device's clock", async () => {
      const { simulated, clock, next } = await start({ endAfter: 5 });
      const started = next();
      // Three hours behind this machine.
      simulated.alert({ dateTime: "2026-03-02T13:00:00+08:00", channelName: "Gate" });
      const { time, id } = await started;
      assert.equal(time, "2026-03-02T13:00:00+08:00");
      const ended = next();
      clock.advance(5);
      const end = await ended;
      assert.deepEqual([end.state, end.id, end.time], ["end", id, "2026-03-02T13:00:05+08:00"]);
      assert.equal(end.receivedTime, "2026-03-02T08:00:05.000Z");
    });

    it("is later than the start, even if the device repeats the time of the start", async () => {
      const { simulated, clock, events, next } = await start({ endAfter: 5 });
      const begun = { dateTime: "2026-03-02T05:00:00Z", channelName: "Gate" };
      const started = next();
      simulated.alert(begun);
      await started;
      for (let second = 0; second < 3; second += 1) {
        clock.advance(4);
        const repeated = once(events, "alert");
        simulated.alert(begun);
        await repeated;
      }
      const ended = next();
      clock.advance(5);
      assert.equal((await ended).time, "2026-03-02T05:00:17Z");
    });

    it("has the clock of heartbeats, too, but not a clock that was never set", async () => {
      const { simulated, clock, events, next } = await start({ endAfter: 5 });
      const beat = once(events, "alert");
      simulated.part(
        "application/xml",
        heartbeatXml().replace("2025-03-04T05:06:07+02:00", "2026-03-02T12:00:00+01:00"),
      );
      await beat;
      const started = next();
      simulated.alert({ dateTime: "1970-01-01T00:00:09+01:00", channelName: "Gate" });
      await started;
      const ended = next();
      clock.advance(5);
      assert.equal((await ended).time, "2026-03-02T11:00:05Z");
    });

    it("has this machine's time if the device sends none", async () => {
      const { simulated, clock, next } = await start({ endAfter: 5 });
      const started = next();
      simulated.alert({ dateTime: undefined as never, channelName: "Gate" });
      await started;
      const ended = next();
      clock.advance(5);
      assert.equal((await ended).time, "2026-03-02T08:00:05.000Z");
    });
  });

  it("reports a failure once while it lasts", async () => {
    const clock = new ManualClock();
    // Nothing listens on this port.
    const url = "http://127.0.0.1:9";
    const device = new IsapiDevice({ url, username: "flow", password: "s3cret:pass", clock });
    const failures: string[] = [];
    let attempts = 0;
    await new Promise<void>((resolve) => {
      const source = new IsapiEventSource(
        device,
        {},
        {
          event: () => undefined,
          state: (state) => {
            if (state.kind !== "retrying") return;
            attempts += 1;
            if (attempts === 3) resolve();
            else
              setImmediate(() => {
                clock.advance(state.retryMs / 1000 + 0.001);
              });
          },
          failure: ({ code }) => failures.push(code),
          warning: () => undefined,
        },
      );
      open.push(async () => {
        await source.close();
        await device.close();
      });
    });
    assert.deepEqual([attempts, failures], [3, ["CONNECTION_REFUSED"]]);
  });

  it("waits two seconds for the names of channels with the first alert only", async () => {
    const { simulated, clock, events, next } = await start();
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => (release = resolve));
    simulated.handlers.set("/ISAPI/System/Video/inputs/channels", () => ({ status: 404, after }));
    const alert = async (eventType: string): Promise<void> => {
      const alert = once(events, "alert");
      simulated.alert({ eventType, channelName: undefined as never });
      await alert;
    };
    const first = next();
    await alert("VMD");
    clock.advance(2);
    assert.equal((await first).vendorType, "VMD");
    const second = next();
    await alert("linedetection");
    assert.equal((await second).vendorType, "linedetection");
    release();
  });
});
