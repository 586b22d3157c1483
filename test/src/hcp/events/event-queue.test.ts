import assert from "node:assert/strict";
import { EventQueue } from "../../../../src/hcp/events/event-queue";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the queue of events", () => {
  it("hands on in order, one in a turn of the event loop", async () => {
    const out: number[] = [];
    const queue = new EventQueue<number>(10, (item) => {
      out.push(item);
    });
    queue.push([1, 2, 3]);
    queue.push([4]);
    const counts = [];
    while (out.length < 4) {
      await turn();
      counts.push(out.length);
    }
    assert.deepEqual(out, [1, 2, 3, 4]);
    assert.deepEqual(counts, [1, 2, 3, 4]);
  });

  it("waits for one that takes its time before it hands on the next", async () => {
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

  it("tells when there is no room, and when half of it is free again", async () => {
    const queue = new EventQueue<number>(4, () => undefined);
    assert.ok(queue.hasRoomFor(4) && !queue.hasRoomFor(5));
    queue.push([1, 2, 3, 4]);
    assert.equal(queue.hasRoomFor(1), false);
    await queue.roomy();
    assert.equal(queue.length, 2);
  });

  it("tells what waits, and hands nothing on once it is closed", async () => {
    const out: number[] = [];
    const queue = new EventQueue<number>(4, (item) => {
      out.push(item);
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
