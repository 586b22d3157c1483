import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FairLimiter } from "../../../src/core/limiter";

const aborted = (): Error => new Error("aborted");

describe("FairLimiter", () => {
  /** Adds tasks of users, and records the order in which they start. */
  function rig(
    concurrency: number,
    pending = 100,
  ): {
    limiter: FairLimiter;
    started: string[];
    add: (name: string, user: AbortSignal) => Promise<void>;
  } {
    const limiter = new FairLimiter({ concurrency, pending });
    const started: string[] = [];
    return {
      limiter,
      started,
      add: async (name, user) => {
        await limiter.enter(user, aborted);
        started.push(name);
      },
    };
  }
  const user = (): AbortSignal => new AbortController().signal;

  it("runs as many tasks as allowed, and the next one as soon as one leaves", async () => {
    const { limiter, started, add } = rig(2);
    const one = user();
    const third = [add("a", one), add("b", one), add("c", one)][2];
    await Promise.resolve();
    assert.deepEqual(started, ["a", "b"]);
    limiter.leave();
    await third;
    assert.deepEqual(started, ["a", "b", "c"]);
  });

  it("serves its users in turn, each in its own order", async () => {
    const { limiter, started, add } = rig(1);
    const [busy, calm] = [user(), user()];
    await add("first", busy);
    const work = ["b1", "b2", "b3"].map((name) => add(name, busy));
    work.push(...["c1", "c2"].map((name) => add(name, calm)));
    for (const each of [0, 3, 1, 4, 2]) {
      limiter.leave();
      await work[each];
    }
    assert.deepEqual(started, ["first", "b1", "c1", "b2", "c2", "b3"]);
  });

  it("is full for a user with a full lane, but not for other users", () => {
    const { limiter, add } = rig(1, 2);
    const [busy, calm] = [user(), user()];
    for (const name of ["at work", "w1", "w2"]) void add(name, busy);
    assert.deepEqual([limiter.isFull(busy), limiter.isFull(calm)], [true, false]);
  });

  it("fails the pending tasks of a user that aborts, and no others", async () => {
    const { limiter, started, add } = rig(1);
    const [giveUp, other] = [new AbortController(), user()];
    await add("at work", other);
    const gone = [add("g1", giveUp.signal), add("g2", giveUp.signal)];
    const stays = add("stays", other);
    giveUp.abort();
    for (const each of gone) await assert.rejects(each, /aborted/);
    limiter.leave();
    await stays;
    assert.deepEqual(started, ["at work", "stays"]);
  });

  it("has free slots again after all tasks have left", () => {
    const { limiter } = rig(1);
    assert.equal(limiter.enter(undefined, aborted), undefined);
    limiter.leave();
    assert.equal(limiter.enter(undefined, aborted), undefined);
  });

  it("fails all pending tasks when cleared", async () => {
    const { limiter, add } = rig(1);
    await add("at work", user());
    const waiting = [add("a", user()), add("b", user())];
    limiter.clear();
    for (const each of waiting) await assert.rejects(each, /aborted/);
  });
});
