import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { mock } from "node:test";
import { systemClock } from "../../../src/core/clock";
import { SurveillanceError } from "../../../src/core/errors";
import { OccurrenceTracker } from "../../../src/events/occurrences";
import { keepOpen } from "../../../src/isapi/stream/keep-open";

const HOUR_MS = 3_600_000;

describe("a system clock that is set back by an hour", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
  });

  afterEach(() => {
    mock.timers.reset();
  });

  function setBack(): void {
    mock.timers.setTime(Date.now() - HOUR_MS);
  }

  it("does not make an occurrence longer", async () => {
    const ends = new EventEmitter();
    const tracker = new OccurrenceTracker<string>({ endAfterMs: 50, onEnd: () => ends.emit("end") });
    tracker.report("motion", "gate");
    setBack();
    await once(ends, "end", { signal: AbortSignal.timeout(1000) });
  });

  it("does not delay the next attempt to open a stream", async () => {
    const stop = new AbortController();
    const delays: number[] = [];
    await keepOpen({
      ...{ client: { heldFor: undefined } as never, where: "gate", clock: systemClock, random: () => 0 },
      signal: stop.signal,
      read: async () => {
        await pause(1);
        setBack();
        throw new SurveillanceError("CONNECTION_LOST", "The connection broke.");
      },
      state: (state) => {
        if (state.kind !== "retrying") return;
        delays.push(state.retryMs);
        stop.abort();
      },
    });
    assert.ok((delays[0] ?? Infinity) <= 1000, `${String(delays[0])} ms`);
  });
});
