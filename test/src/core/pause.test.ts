import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "mocha";
import { atMost, pause } from "../../../src/core/pause";
import { ManualClock } from "../../support/manual-clock";

/** Returns a function that reports whether a promise is fulfilled, rejected or pending. */
function watch(promise: Promise<unknown>): () => Promise<string> {
  let state = "pending";
  promise.then(
    () => (state = "fulfilled"),
    () => (state = "rejected"),
  );
  return async () => {
    await setImmediate();
    return state;
  };
}

describe("pause", () => {
  it("lasts for the given time of the clock", async () => {
    const clock = new ManualClock();
    const state = watch(pause(2000, clock));
    clock.advance(1.9);
    assert.equal(await state(), "pending");
    clock.advance(0.1);
    assert.equal(await state(), "fulfilled");
  });

  it("ends when the signal is aborted, and leaves no timer", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const state = watch(pause(2000, clock, controller.signal));
    controller.abort();
    assert.equal(await state(), "fulfilled");
    assert.equal(clock.pending, 0);
  });

  it("leaves no listener on the signal", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const state = watch(pause(2000, clock, signal));
    clock.advance(2);
    assert.equal(await state(), "fulfilled");
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });

  it("returns at once if there is no time to wait or the signal is aborted", async () => {
    const clock = new ManualClock();
    await pause(0, clock);
    await pause(-1, clock);
    await pause(2000, clock, AbortSignal.abort());
    assert.equal(clock.pending, 0);
  });
});

describe("atMost", () => {
  it("ends with the work, and leaves no timer", async () => {
    const clock = new ManualClock();
    await atMost(Promise.resolve(), 2000, clock);
    assert.equal(clock.pending, 0);
  });

  it("ends when the time is over, even if the work continues", async () => {
    const clock = new ManualClock();
    const state = watch(atMost(new Promise(() => undefined), 2000, clock));
    clock.advance(1.9);
    assert.equal(await state(), "pending");
    clock.advance(0.1);
    assert.equal(await state(), "fulfilled");
  });

  it("throws an error of the work within the time, and leaves no timer", async () => {
    const clock = new ManualClock();
    await assert.rejects(atMost(Promise.reject(new Error("broken")), 2000, clock), /broken/);
    assert.equal(clock.pending, 0);
  });

  it("ignores a later error of the work", async () => {
    const clock = new ManualClock();
    let fail = (): void => undefined;
    const work = new Promise((_, reject) => {
      fail = () => {
        reject(new Error("too late"));
      };
    });
    const state = watch(atMost(work, 2000, clock));
    clock.advance(2);
    fail();
    assert.equal(await state(), "fulfilled");
  });
});
