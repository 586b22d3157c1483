import assert from "node:assert/strict";
import { StreamKeeper } from "../../../src/rtsp/stream-keeper";
import { SourceEvents } from "../../support/source-events";
import { ManualClock } from "../../support/manual-clock";

/** Returns the seconds that a stream waits between failing attempts. */
async function waits(attempts: number, maxBackoff?: number): Promise<number[]> {
  const clock = new ManualClock();
  const sourceEvents = new SourceEvents<never>();
  const keeper = new StreamKeeper(
    { name: "a camera", purpose: "image", maxBackoff },
    (_binary, run) => {
      setImmediate(() => {
        run.ended({ stderrTail: "Connection refused", ending: "exited" });
      });
      return { stop: () => Promise.resolve() };
    },
    sourceEvents,
    {
      clock,
      random: () => 0.999,
      find: () => Promise.resolve({ path: "ffmpeg", version: "7.0", libavformat: [61, 1] }),
    },
  );
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    sourceEvents.on("state", (state) => {
      if (state.kind !== "retrying") return;
      const seconds = Math.ceil(state.retryMs / 1000);
      seen.push(seconds);
      if (seen.length === attempts) resolve();
      else
        setImmediate(() => {
          clock.advance(seconds);
        });
    });
    keeper.start();
  });
  await keeper.stop();
  return seen;
}

describe("StreamKeeper", () => {
  it("waits at most 10 s by default", async () => {
    const seen = await waits(12);
    assert.equal(Math.max(...seen), 10);
    assert.ok((seen[0] ?? 0) <= 2);
  });

  it("waits at most `maxBackoff`", async () => {
    assert.equal(Math.max(...(await waits(8, 3))), 3);
    assert.equal(Math.max(...(await waits(12, 60))), 60);
  });
});
