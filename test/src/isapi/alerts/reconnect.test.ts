import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { AlertStream } from "../../../../src/isapi/alerts/alert-stream";
import type { SourceState } from "../../../../src/events/source";
import { IsapiDevice } from "../../../../src/isapi/device/device";
import { SimulatedDevice } from "../../../servers/isapi-device";
import { drip } from "../../../support/isapi-failures";
import { ManualClock } from "../../../support/manual-clock";

/** Returns the pauses between attempts to reach a device that is offline, in milliseconds. */
async function pauses(attempts: number, limits: (number | undefined)[]): Promise<number[]> {
  // Nothing listens on this port.
  const clock = new ManualClock();
  const device = new IsapiDevice({
    ...{ url: "http://127.0.0.1:9", username: "flow", password: "s3cret:pass" },
    ...{ clock, random: () => 0.999 },
  });
  const stream = device.shared(AlertStream);
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const state = (now: SourceState): void => {
      if (now.kind !== "retrying") return;
      seen.push(now.retryMs);
      if (seen.length === attempts) resolve();
      else
        setImmediate(() => {
          clock.advance(now.retryMs / 1000 + 0.001);
        });
    };
    const ignore = (): void => undefined;
    const nothing = { alert: ignore, imageBegins: ignore, image: ignore, warning: ignore, state: ignore };
    limits.forEach((maxBackoff, index) => {
      stream.listen({ ...nothing, ...(index === 0 && { state }), maxBackoff });
    });
  });
  await device.close();
  return seen;
}

describe("the reconnection of an alert stream", () => {
  it("pauses ten seconds at most by default", async () => {
    const seen = await pauses(12, [undefined]);
    assert.ok(Math.max(...seen) <= 10_000 && Math.max(...seen) > 9000, String(seen));
  });

  it("uses the smallest limit of its listeners", async () => {
    assert.ok(Math.max(...(await pauses(8, [30, 2, undefined]))) <= 2000);
  });

  it("starts if the stream drips", async () => {
    const device = await SimulatedDevice.start();
    device.handlers.set(device.options.streamPath, drip.handler);
    const dripping = new IsapiDevice({
      url: device.url,
      username: "flow",
      password: "s3cret:pass",
      timeout: 0.2,
    });
    const stream = dripping.shared(AlertStream);
    const down = await new Promise<SourceState>((resolve) => {
      const ignore = (): void => undefined;
      const state = (now: SourceState): void => {
        if (now.kind === "retrying") resolve(now);
      };
      stream.listen({ alert: ignore, imageBegins: ignore, image: ignore, warning: ignore, state });
    });
    assert.equal(down.kind === "retrying" && down.error.code, "TIMEOUT");
    await dripping.close();
    await device.close();
  });

  /** Starts a device that responds to each request for its stream with the next response, and then with its stream. */
  async function listen(responses: ((response: ServerResponse) => void)[], clock?: ManualClock) {
    const device = await SimulatedDevice.start();
    const left = [...responses];
    device.handlers.set(device.options.streamPath, () => {
      const respond = left.shift();
      return respond && { status: 200, respond };
    });
    const listening = new IsapiDevice({
      ...{ url: device.url, username: "flow", password: "s3cret:pass", timeout: 0.2 },
      ...{ random: () => 0, ...(clock && { clock }) },
    });
    const stream = listening.shared(AlertStream);
    const states = new EventEmitter<{ state: [SourceState] }>();
    const ignore = (): void => undefined;
    stream.listen({
      ...{ alert: ignore, imageBegins: ignore, image: ignore, warning: ignore },
      state: (state) => states.emit("state", state),
    });
    const next = async (): Promise<SourceState> => ((await once(states, "state")) as [SourceState])[0];
    const end = async (): Promise<void> => {
      await listening.close();
      await device.close();
    };
    return { device, listening, next, end };
  }
  const noResponse = (): void => undefined;

  it("keeps the timeout for a response after a stream that dripped", async () => {
    const drips = (response: ServerResponse): void => {
      const timer = setInterval(() => response.write("<"), 30);
      response.writeHead(200).on("close", () => {
        clearInterval(timer);
      });
    };
    const { next, end } = await listen([drips, noResponse]);
    const seen: string[] = [];
    while (seen.length < 2) {
      const state = await next();
      if (state.kind === "retrying") seen.push(state.error.code);
    }
    assert.deepEqual(seen, ["TIMEOUT", "TIMEOUT"]);
    await end();
  });

  it("keeps the timeout for a response while the device responds to nothing, and opens soon after", async () => {
    const { device, next, end } = await listen([noResponse, noResponse]);
    device.handlers.set("/ISAPI/System/time", () => ({ status: 200, respond: noResponse }));
    const seen: string[] = [];
    while (seen.at(-1) !== "waiting") {
      const state = await next();
      seen.push(state.kind === "retrying" ? state.error.code : state.kind);
    }
    assert.deepEqual(seen, ["TIMEOUT", "TIMEOUT", "waiting"]);
    await end();
  });

  it("repeats a request that a device lost while it started", async () => {
    const clock = new ManualClock();
    const { device, listening, next, end } = await listen([noResponse, noResponse], clock);
    const requested = async (path: string): Promise<void> => {
      for (;;) {
        const [{ url }] = (await once(device, "request")) as [{ url: string }];
        if (url === path) return;
      }
    };
    const probed = requested("/ISAPI/System/time");
    assert.equal((await next()).kind, "retrying");
    await probed;
    // The node has read the response before the next one.
    await listening.client.read({ path: "/ISAPI/System/time" });
    const secondRequest = requested(device.options.streamPath);
    while (clock.pending === 0) await new Promise(setImmediate);
    clock.advance(1);
    await secondRequest;
    const probedAgain = requested("/ISAPI/System/time");
    clock.advance(60);
    await probedAgain;
    const opened = once(device, "stream");
    const back = next();
    const tick = setInterval(() => {
      clock.advance(0.1);
    }, 5);
    await opened;
    clearInterval(tick);
    assert.deepEqual(await back, { kind: "waiting" });
    await end();
  });
});
