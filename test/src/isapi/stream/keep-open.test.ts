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

  /** Returns the pauses between attempts that fail, in ms. @param seconds the duration of each attempt */
  async function pauses(
    code: ErrorCode,
    count: number,
    { seconds = 0, longestMs = undefined as number | undefined } = {},
  ) {
    const clock = new ManualClock();
    const stop = new AbortController();
    const seen: number[] = [];
    await keepOpen({
      ...{ client, where: "The stream", clock, signal: stop.signal, random: () => 0.999 },
      ...(longestMs !== undefined && { longestMs: () => longestMs }),
      read: () => {
        clock.advance(seconds);
        return Promise.reject(new SurveillanceError(code, "It fails."));
      },
      state: (state) => {
        if (state.kind !== "retrying") return;
        const { retryMs } = state;
        seen.push(retryMs);
        if (seen.length === count) stop.abort();
        // When the pause has started.
        else
          setImmediate(() => {
            clock.advance(retryMs / 1000 + 0.001);
          });
      },
    });
    return seen;
  }

  it("pauses ten seconds at most while a device is offline", async () => {
    const seen = await pauses("CONNECTION_REFUSED", 20);
    assert.ok(Math.max(...seen) <= 10_000);
    assert.ok(Math.min(...seen) >= 500);
  });

  it("pauses up to the configured limit", async () => {
    assert.ok(Math.max(...(await pauses("TIMEOUT", 12, { longestMs: 2000 }))) <= 2000);
    assert.ok(Math.max(...(await pauses("TIMEOUT", 12, { longestMs: 60_000 }))) > 30_000);
  });

  it("does not add a full pause to a long attempt", async () => {
    const seen = await pauses("TIMEOUT", 12, { seconds: 10 });
    assert.ok(Math.max(...seen) <= 500);
  });

  it("accepts that a path is unknown only after several errors: the device may be starting", async () => {
    const seen = await pauses("ISAPI_NOT_FOUND", 9);
    assert.ok(Math.max(...seen.slice(0, 7)) <= 10_000);
    assert.ok(Math.min(...seen.slice(7)) >= 150_000);
  });
});

describe("reopenDelay", () => {
  it("doubles up to ten seconds or the configured limit, with jitter", () => {
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

  it("is short if the device ended the stream without an error", () => {
    assert.ok(reopenDelay(0, "soon", () => 1) <= 300);
  });

  it("is long for an error that stays", () => {
    assert.ok(reopenDelay(1, "later", () => 0) >= 150_000);
  });
});
