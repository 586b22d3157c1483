import assert from "node:assert/strict";
import { AlertStream, type StreamState } from "../../../../src/isapi/alerts/alert-stream";
import { IsapiClient } from "../../../../src/isapi/client";
import { SimulatedDevice } from "../../../servers/isapi-device";
import { drip } from "../../../support/isapi-failures";
import { ManualClock } from "../../../support/manual-clock";

/** How long an event stream waits between its attempts at a device that is away. */
async function waits(attempts: number, wishes: (number | undefined)[]): Promise<number[]> {
  // Nothing listens at this port.
  const client = new IsapiClient({ url: "http://127.0.0.1:9", username: "flow", password: "s3cret:pass" });
  const clock = new ManualClock();
  const stream = new AlertStream({ client, clock, random: () => 0.999 });
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    const state = (now: StreamState): void => {
      if (now.kind !== "down") return;
      seen.push(now.retryMs);
      if (seen.length === attempts) resolve();
      else
        setImmediate(() => {
          clock.advance(now.retryMs / 1000 + 0.001);
        });
    };
    const ignore = (): void => undefined;
    const nothing = { alert: ignore, pictureBegins: ignore, picture: ignore, warning: ignore, state: ignore };
    wishes.forEach((maxBackoff, index) => {
      stream.listen({ ...nothing, ...(index === 0 && { state }), maxBackoff });
    });
  });
  stream.close();
  await client.close();
  return seen;
}

describe("the way back of an event stream", () => {
  it("is ten seconds late at most, where nothing else is wished", async () => {
    const seen = await waits(12, [undefined]);
    assert.ok(Math.max(...seen) <= 10_000 && Math.max(...seen) > 9000, String(seen));
  });

  it("goes by the shortest of its listeners' wishes", async () => {
    assert.ok(Math.max(...(await waits(8, [30, 2, undefined]))) <= 2000);
  });

  it("begins where the stream only drips", async () => {
    const device = await SimulatedDevice.start();
    device.handlers.set(device.options.streamPath, drip.answer);
    const client = new IsapiClient({
      url: device.url,
      username: "flow",
      password: "s3cret:pass",
      timeout: 0.2,
    });
    const stream = new AlertStream({ client });
    const down = await new Promise<StreamState>((resolve) => {
      const ignore = (): void => undefined;
      const state = (now: StreamState): void => {
        if (now.kind === "down") resolve(now);
      };
      stream.listen({ alert: ignore, pictureBegins: ignore, picture: ignore, warning: ignore, state });
    });
    assert.equal(down.kind === "down" && down.error.code, "TIMEOUT");
    stream.close();
    await client.close();
    await device.close();
  });
});
