import assert from "node:assert/strict";
import { Watchdog } from "../../../../src/isapi/stream/watchdog";
import { ManualClock } from "../../../support/manual-clock";

function watch() {
  const clock = new ManualClock();
  const silences: [number, boolean][] = [];
  const quiet: number[] = [];
  const started = clock.now();
  const watchdog = new Watchdog({
    clock,
    onQuiet: () => quiet.push(Math.round((clock.now() - started) / 1000)),
    onSilence: (seconds, missed) => silences.push([seconds, missed]),
  });
  const beat = (seconds: number, times: number): void => {
    for (let count = 0; count < times; count += 1) {
      clock.advance(seconds);
      watchdog.data();
      watchdog.beat();
    }
  };
  return { clock, watchdog, silences, quiet, beat };
}

describe("Watchdog", () => {
  it("waits for three heartbeats in the rhythm of the device", () => {
    const { clock, silences, beat } = watch();
    beat(15, 4);
    clock.advance(44);
    assert.deepEqual(silences, []);
    clock.advance(2);
    assert.deepEqual(silences, [[45, true]]);
  });

  it("waits at least 30 s, even with fast heartbeats", () => {
    const { clock, silences, beat } = watch();
    beat(0.3, 10);
    clock.advance(29);
    assert.deepEqual(silences, []);
    clock.advance(1.1);
    assert.deepEqual(silences, [[30, true]]);
  });

  it("waits 5 minutes without heartbeats, and accepts any data", () => {
    const { clock, watchdog, silences } = watch();
    clock.advance(200);
    watchdog.data();
    clock.advance(299);
    assert.deepEqual(silences, []);
    clock.advance(2);
    assert.deepEqual(silences, [[300, false]]);
  });

  it("reports a quiet device after two beats, at least 15 s, and every minute without heartbeats", () => {
    const slow = watch();
    slow.beat(8, 4);
    slow.clock.advance(17);
    assert.deepEqual(slow.quiet, [32 + 16]);
    const fast = watch();
    fast.beat(1, 4);
    fast.clock.advance(29);
    assert.deepEqual(fast.quiet, [19]);
    const none = watch();
    none.clock.advance(100);
    none.watchdog.data();
    none.clock.advance(80);
    assert.deepEqual(none.quiet, [60, 160]);
  });

  it("does not report a device whose heartbeats slow down to the slowest known rhythm", () => {
    const { quiet, beat } = watch();
    beat(0.3, 10);
    beat(10, 10);
    assert.deepEqual(quiet, []);
  });

  it("counts the simultaneous heartbeats of a recorder's channels as one", () => {
    const { clock, silences, quiet, watchdog } = watch();
    for (let round = 0; round < 10; round += 1) {
      for (let channel = 0; channel < 8; channel += 1) {
        clock.advance(0.01);
        watchdog.data();
        watchdog.beat();
      }
      clock.advance(20);
    }
    assert.deepEqual([silences, quiet], [[], []]);
  });

  it("leaves no timer when it stops", () => {
    const { clock, watchdog } = watch();
    watchdog.stop();
    assert.equal(clock.pending, 0);
  });

  it("does not accept a drip of bytes as a sign of life", () => {
    const { clock, watchdog, silences } = watch();
    for (let second = 0; second < 300; second += 1) {
      clock.advance(1);
      watchdog.data(4);
    }
    assert.equal(silences.length, 1);
  });

  it("accepts a slow image as a sign of life", () => {
    const { clock, watchdog, silences } = watch();
    for (let second = 0; second < 600; second += 1) {
      clock.advance(1);
      watchdog.data(100);
    }
    assert.equal(silences.length, 0);
  });
});
