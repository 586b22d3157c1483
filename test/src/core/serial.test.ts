import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Serial } from "../../../src/core/serial";

describe("Serial", () => {
  /** Returns a task that records its start and ends when the test calls `end`. */
  function task(name: string, started: string[]): { run: () => Promise<string>; end: () => void } {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run = async (): Promise<string> => {
      started.push(name);
      await ended;
      return name;
    };
    return { run, end };
  }
  const failing = (): Promise<never> => Promise.reject(new Error("broken"));

  it("starts a task when the one before it is over", async () => {
    const serial = new Serial();
    const started: string[] = [];
    const [a, b] = [task("a", started), task("b", started)];
    const [first, second] = [serial.run(a.run), serial.run(b.run)];
    await Promise.resolve();
    assert.deepEqual(started, ["a"]);
    a.end();
    await first;
    b.end();
    await second;
    assert.deepEqual(started, ["a", "b"]);
  });

  it("returns the result of the task, promise or not", async () => {
    const serial = new Serial();
    assert.equal(await serial.run(() => Promise.resolve(1)), 1);
    assert.equal(await serial.run(() => 2), 2);
  });

  it("throws the error of the task, promise or not", async () => {
    const serial = new Serial();
    await assert.rejects(serial.run(failing), /broken/);
    await assert.rejects(
      serial.run(() => {
        throw new Error("broken at once");
      }),
      /broken at once/,
    );
  });

  it("continues after a failed task", async () => {
    const serial = new Serial();
    const failed = serial.run(failing);
    const next = serial.run(() => "next");
    await assert.rejects(failed);
    assert.equal(await next, "next");
  });

  it("counts tasks that wait or run", async () => {
    const serial = new Serial();
    const a = task("a", []);
    const [first, second] = [serial.run(a.run), serial.run(failing)];
    assert.equal(serial.size, 2);
    a.end();
    await first;
    assert.equal(serial.size, 1);
    await assert.rejects(second);
    assert.equal(serial.size, 0);
  });

  it("settles when all added tasks are over, also after a failure", async () => {
    const serial = new Serial();
    const done: string[] = [];
    const failed = assert.rejects(serial.run(failing));
    void serial.run(() => done.push("a"));
    await serial.settled();
    assert.deepEqual(done, ["a"]);
    await failed;
  });

  it("is settled without tasks", async () => {
    await new Serial().settled();
  });

  it("does not wait for tasks that are added later", async () => {
    const serial = new Serial();
    const late = task("late", []);
    const settled = serial.settled();
    const running = serial.run(late.run);
    await settled;
    assert.equal(serial.size, 1);
    late.end();
    await running;
  });
});
