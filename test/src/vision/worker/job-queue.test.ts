import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { JobQueue } from "../../../../src/vision/worker/job-queue";
import type { Job } from "../../../../src/vision/worker/queued-jobs";
import type { Findings } from "../../../../src/vision/model-types";

const image = (name: string): Buffer => Buffer.from(name);
const nameOf = (job: Job | undefined): string =>
  Buffer.isBuffer(job?.image) ? job.image.toString() : "none";
const options = (): never => {
  throw new Error("the queue must not read the options");
};
const findings = (width: number): Findings => ({ objects: [], width, height: 1, inferenceMs: 1 });

describe("JobQueue", () => {
  describe("with the latest image", () => {
    it("drops the waiting image for a newer one, and counts it", async () => {
      const queue = new JobQueue("latest", 10);
      const first = queue.add(image("1"), options);
      const second = queue.add(image("2"), options);
      assert.equal(await first, "dropped");
      assert.equal(queue.dropped, 1);
      const job = queue.take();
      assert.equal(nameOf(job), "2");
      job?.succeed(findings(2));
      assert.deepEqual(await second, findings(2));
    });

    it("does not drop the image in progress", async () => {
      const queue = new JobQueue("latest", 10);
      const first = queue.add(image("1"), options);
      const job = queue.take();
      void queue.add(image("2"), options);
      job?.succeed(findings(1));
      assert.deepEqual(await first, findings(1));
      assert.equal(queue.dropped, 0);
    });
  });

  describe("with the latest image of each camera", () => {
    const rush = (queue: JobQueue, ...images: string[]): void => {
      for (const name of images) void queue.add(image(name), options, name.charAt(0));
    };
    const rest = (queue: JobQueue): string[] => {
      const names: string[] = [];
      while (queue.turn !== undefined) names.push(nameOf(queue.take()));
      return names;
    };

    it("replaces an image only with a newer one of the same camera", () => {
      const queue = new JobQueue("latest", 10);
      rush(queue, "a1", "b1", "b2", "c1", "a2");
      assert.deepEqual(rest(queue), ["a2", "b2", "c1"]);
      assert.equal(queue.dropped, 2);
    });

    it("serves the cameras in turn, even if one is faster", () => {
      const queue = new JobQueue("latest", 10);
      rush(queue, "a1", "b1", "c1");
      const served = ["a2", "a3", "a4", "a5"].map((next) => {
        const name = nameOf(queue.take());
        rush(queue, next);
        return name;
      });
      assert.deepEqual(served, ["a1", "b1", "c1", "a4"]);
    });

    it("keeps no slot for an absent camera", () => {
      const queue = new JobQueue("latest", 10);
      for (let number = 0; number < 1000; number++) {
        void queue.add(image("x"), options, `camera ${number}`);
        queue.take();
      }
      assert.equal(queue.turn !== undefined, false);
    });

    it("limits the slots, and drops the image that has waited longest", async () => {
      const queue = new JobQueue("latest", 10);
      const first = queue.add(image("first"), options, "first");
      for (let number = 0; number < 128; number++) void queue.add(image("x"), options, `camera ${number}`);
      assert.equal(await first, "dropped");
      assert.equal(rest(queue).length, 128);
    });
  });

  it("limits the memory, and drops the large images that have waited longest", async () => {
    const queue = new JobQueue("latest", 10);
    const uhd = { data: Buffer.allocUnsafe(3840 * 2160 * 3), width: 3840, height: 2160, channels: 3 };
    const all = Array.from({ length: 40 }, (_, number) => queue.add(uhd, options, `camera ${number}`));
    assert.equal(await all[0], "dropped");
    assert.ok(queue.dropped > 5 && queue.dropped < 35, `${queue.dropped} dropped`);
    assert.notEqual(queue.take(), undefined);
  });

  describe("with all images in order", () => {
    it("rejects the newest image of the camera with the most images if it is full", async () => {
      const queue = new JobQueue("fifo", 4);
      const busy = ["1", "2", "3", "4"].map((name) => queue.add(image(name), options, "busy"));
      void queue.add(image("quiet"), options, "quiet");
      await assert.rejects(busy[3] ?? Promise.resolve(), { code: "QUEUE_FULL" });
      await assert.rejects(queue.add(image("5"), options, "busy"), { code: "QUEUE_FULL" });
      assert.deepEqual(
        [1, 2, 3, 4].map(() => nameOf(queue.take())),
        ["1", "2", "3", "quiet"],
      );
    });

    it("rejects images of cameras in turn if they always arrive in the same order", async () => {
      const queue = new JobQueue("fifo", 2);
      const served: string[] = [];
      for (let round = 0; round < 4; round++) {
        const images = ["a", "b", "c", "d"].map((name) => queue.add(image(name), options, name));
        for (const pending of images) pending.catch(() => undefined);
        while (queue.turn !== undefined) served.push(nameOf(queue.take()));
      }
      assert.deepEqual(served.toSorted(), ["a", "a", "b", "b", "c", "c", "d", "d"]);
      await Promise.resolve();
    });

    it("keeps the order, and rejects images above the limit", async () => {
      const queue = new JobQueue("fifo", 2);
      void queue.add(image("1"), options);
      void queue.add(image("2"), options);
      await assert.rejects(queue.add(image("3"), options), { code: "QUEUE_FULL" });
      assert.deepEqual([nameOf(queue.take()), nameOf(queue.take()), queue.take()], ["1", "2", undefined]);
    });

    it("accepts an image after one was taken", async () => {
      const queue = new JobQueue("fifo", 1);
      void queue.add(image("1"), options);
      queue.take();
      void queue.add(image("2"), options);
      assert.equal(nameOf(queue.take()), "2");
      await Promise.resolve();
    });
  });

  it("returns results in the order of the images, even if a later one is ready first", async () => {
    const queue = new JobQueue("fifo", 10);
    const order: string[] = [];
    const settled = ["1", "2", "3"].map((name) =>
      queue.add(image(name), options).then(
        () => order.push(name),
        () => order.push(`${name} failed`),
      ),
    );
    const [first, second, third] = [queue.take(), queue.take(), queue.take()];
    third?.succeed(findings(3));
    second?.fail(new Error("broken"));
    await Promise.resolve();
    assert.deepEqual(order, []);
    first?.succeed(findings(1));
    await Promise.all(settled);
    assert.deepEqual(order, ["1", "2 failed", "3"]);
  });

  it("calls the listener for a new image", () => {
    const queue = new JobQueue("fifo", 10);
    let calls = 0;
    queue.onJob = () => calls++;
    void queue.add(image("1"), options);
    assert.deepEqual([calls, queue.turn !== undefined], [1, true]);
  });

  it("rejects waiting and new images while the model cannot be used, and accepts images after that", async () => {
    const queue = new JobQueue("fifo", 10);
    const waiting = queue.add(image("1"), options);
    queue.refuse(new Error("no model"));
    await assert.rejects(waiting, /no model/);
    await assert.rejects(queue.add(image("2"), options), /no model/);
    queue.accept();
    void queue.add(image("3"), options);
    assert.equal(nameOf(queue.take()), "3");
  });

  it("rejects all images when it is closed, for good", async () => {
    const queue = new JobQueue("fifo", 10);
    const running = queue.add(image("1"), options);
    const job = queue.take();
    const waiting = queue.add(image("2"), options);
    queue.close(new Error("closed"));
    await assert.rejects(running, /closed/);
    await assert.rejects(waiting, /closed/);
    job?.succeed(findings(1));
    queue.accept();
    await assert.rejects(queue.add(image("3"), options), /closed/);
  });
});
