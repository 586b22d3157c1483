import assert from "node:assert/strict";
import { SurveillanceError, type ErrorCode } from "../../../../src/core/errors";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { keepOpen, reopenDelay } from "../../../../src/isapi/stream/keep-open";
import { ManualClock } from "../../../support/manual-clock";

describe("keepOpen", () => {
  let client: IsapiClient;
  beforeEach(() => {
    client = new IsapiClient({ url: "http://127.0.0.1:9", username: "flow", password: "s3cret:pass" });
  });
  afterEach(() => client.close());

  /** The waits between attempts that all fail. @param takes seconds that each attempt takes */
  async function waits(
    code: ErrorCode,
    count: number,
    { takes = 0, longestMs = undefined as number | undefined } = {},
  ) {
    const clock = new ManualClock();
    const stop = new AbortController();
    const seen: number[] = [];
    await keepOpen({
      ...{ client, where: "The stream", clock, signal: stop.signal, random: () => 0.999 },
      ...(longestMs !== undefined && { longestMs: () => longestMs }),
      read: () => {
        clock.advance(takes);
        return Promise.reject(new SurveillanceError(code, "It fails."));
      },
      state: (state) => {
        if (state.kind !== "retrying") return;
        const { retryMs } = state;
        seen.push(retryMs);
        if (seen.length === count) stop.abort();
        // Once it waits.
        else
          setImmediate(() => {
            clock.advance(retryMs / 1000 + 0.001);
          });
      },
    });
    return seen;
  }

  it("waits ten seconds at most while a device is away", async () => {
    const seen = await waits("CONNECTION_REFUSED", 20);
    assert.ok(Math.max(...seen) <= 10_000);
    assert.ok(Math.min(...seen) >= 500);
  });

  it("waits as long as is wished", async () => {
    assert.ok(Math.max(...(await waits("TIMEOUT", 12, { longestMs: 2000 }))) <= 2000);
    assert.ok(Math.max(...(await waits("TIMEOUT", 12, { longestMs: 60_000 }))) > 30_000);
  });

  it("does not wait on top of an attempt that has taken its time", async () => {
    const seen = await waits("TIMEOUT", 12, { takes: 10 });
    assert.ok(Math.max(...seen) <= 500);
  });

  it("takes a path for unknown only when the device keeps saying so: it may still be starting", async () => {
    const seen = await waits("ISAPI_NOT_FOUND", 9);
    assert.ok(Math.max(...seen.slice(0, 7)) <= 10_000);
    assert.ok(Math.min(...seen.slice(7)) >= 150_000);
  });
});

describe("reopenDelay", () => {
  it("doubles up to ten seconds, or what is set, with jitter", () => {
    const longest = [1, 2, 3, 7, 100].map((failures) => reopenDelay(failures, "soon", () => 1));
    assert.deepEqual(longest, [1000, 2000, 4000, 10_000, 10_000]);
    assert.equal(
      reopenDelay(3, "soon", () => 0),
      2000,
    );
    assert.equal(
      reopenDelay(100, "soon", () => 1, 120_000),
      120_000,
    );
    assert.equal(
      reopenDelay(100, "soon", () => 1, 500),
      500,
    );
  });

  it("comes back at once where the device ended the stream in good order", () => {
    assert.ok(reopenDelay(0, "soon", () => 1) <= 300);
  });

  it("asks seldom where asking does not help", () => {
    assert.ok(reopenDelay(1, "later", () => 0) >= 150_000);
  });
});
