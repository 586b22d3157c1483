import assert from "node:assert/strict";
import { EventQueue } from "../../../../../src/hcp/events/delivery/event-queue";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock by which every turn of the event loop is long. */
function alwaysLate(): () => number {
  let now = 0;
  return () => (now += 1000);
}

describe("the queue of events", () => {
  it("delivers in order", async () => {
    const out: number[] = [];
    const queue = new EventQueue<number>(10, (item) => {
      out.push(item);
      return undefined;
    });
    queue.push([1, 2, 3]);
    queue.push([4]);
    while (out.length < 4) await turn();
    assert.deepEqual(out, [1, 2, 3, 4]);
  });

  /** Returns the number of items delivered in each turn, for turns of this duration. */
  async function perTurn(milliseconds: number, turns: number): Promise<number[]> {
    let now = 0;
    let count = 0;
    const queue = new EventQueue<number>(
      10_000,
      () => {
        count += 1;
        return undefined;
      },
      () => now,
    );
    queue.push(Array.from({ length: 600 }, (_, index) => index));
    const counts: number[] = [];
    for (let index = 0; index < turns; index += 1) {
      count = 0;
      now += milliseconds;
      await turn();
      counts.push(count);
    }
    queue.close();
    return counts;
  }

  it("delivers larger batches while the turns of the event loop are short", async () => {
    assert.deepEqual(await perTurn(1, 7), [6, 6, 8, 16, 32, 64, 64]);
  });

  it("delivers small batches while turns are long, but at least a hundredth of the queue", async () => {
    assert.deepEqual(await perTurn(100, 4), [6, 6, 6, 6]);
  });

  it("waits for a pending item before it delivers the next", async () => {
    const out: string[] = [];
    let finish: () => void = () => undefined;
    const queue = new EventQueue<string>(10, (item) => {
      if (item !== "slow") {
        out.push(item);
        return undefined;
      }
      return new Promise<void>((resolve) => {
        finish = () => {
          out.push(item);
          resolve();
        };
      });
    });
    queue.push(["slow", "next"]);
    await turn();
    await turn();
    assert.deepEqual([out, queue.length], [[], 1]);
    finish();
    await turn();
    await turn();
    assert.deepEqual(out, ["slow", "next"]);
  });

  it("reports when it is full, and when half of it is free again", async () => {
    const queue = new EventQueue<number>(4, () => undefined, alwaysLate());
    assert.ok(queue.hasRoomFor(4) && !queue.hasRoomFor(5));
    queue.push([1, 2, 3, 4]);
    assert.equal(queue.hasRoomFor(1), false);
    await queue.roomy();
    assert.equal(queue.length, 2);
  });

  it("lists its waiting items, and delivers nothing after close", async () => {
    const out: number[] = [];
    const queue = new EventQueue<number>(4, (item) => {
      out.push(item);
      return undefined;
    });
    queue.push([1, 2]);
    assert.deepEqual(queue.pending(), [1, 2]);
    queue.close();
    await turn();
    await turn();
    assert.deepEqual(out, []);
    assert.equal(queue.hasRoomFor(1), false);
  });
});
