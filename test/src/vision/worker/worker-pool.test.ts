import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import os from "node:os";
import { afterEach, describe, it } from "mocha";
import type { Findings } from "../../../../src/vision/model-types";
import { JobQueue } from "../../../../src/vision/worker/job-queue";
import { WorkerPool } from "../../../../src/vision/worker/worker-pool";
import { launchWorker } from "../../../../src/vision/worker/worker-process";
import { modelFolder } from "../../../support/model-folder";
import { colourDetector } from "../../../support/onnx-model";

const red = { data: Buffer.alloc(64 * 64 * 3, Buffer.from([255, 0, 0])), width: 64, height: 64, channels: 3 };
const options = () => ({ confidence: 0.25, iou: 0.45, maxDetections: 10 });
const classesOf = (findings: Findings | "dropped"): unknown =>
  findings === "dropped" ? findings : findings.objects.map(({ classId }) => classId);

describe("WorkerPool", function () {
  this.timeout(30_000);
  const folder = modelFolder();
  const file = folder.write("colours.onnx", colourDetector());
  let pool: WorkerPool;
  let children: ChildProcess[] = [];
  const launches = new EventEmitter<{ launch: [ChildProcess] }>();

  const launch = (): ChildProcess => {
    const child = launchWorker();
    children.push(child);
    launches.emit("launch", child);
    return child;
  };
  const start = (workers = 1, model = file): JobQueue => {
    const settings = { provider: "cpu", threads: 1 } as const;
    pool = new WorkerPool({ type: "load", file: model, settings }, workers, launch);
    return attach();
  };
  const attach = (): JobQueue => {
    const queue = new JobQueue("fifo", 100);
    pool.attach(queue);
    return queue;
  };
  const last = (): ChildProcess => {
    const child = children.at(-1);
    assert.ok(child);
    return child;
  };

  afterEach(async () => {
    await pool.close();
    children = [];
  });

  it("processes images that arrived before the model was loaded", async () => {
    const queue = start();
    assert.deepEqual(classesOf(await queue.add(red, options)), [0]);
  });

  it("rejects the image whose worker dies, and processes the next one", async () => {
    const queue = start();
    await pool.ready;
    // The worker never receives the image, so it cannot finish it before the signal arrives.
    last().send = () => true;
    const running = queue.add(red, options);
    const waiting = queue.add(red, options);
    last().kill("SIGKILL");
    await assert.rejects(running, { code: "YOLO_WORKER_DIED", message: /SIGKILL/ });
    assert.deepEqual(classesOf(await waiting), [0]);
    assert.equal(children.length, 2);
  });

  it("restarts a worker that dies between two images", async () => {
    const queue = start();
    await pool.ready;
    const child = last();
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.deepEqual(classesOf(await queue.add(red, options)), [0]);
  });

  it("rejects waiting images if a worker dies while it loads, and works after the restart", async () => {
    const queue = start();
    const waiting = queue.add(red, options);
    const restarted = once(launches, "launch");
    last().kill("SIGKILL");
    await assert.rejects(waiting, { code: "YOLO_WORKER_DIED" });
    await assert.rejects(pool.ready, { code: "YOLO_WORKER_DIED" });
    await assert.rejects(queue.add(red, options), { code: "YOLO_WORKER_DIED" });
    const [second] = (await restarted) as [ChildProcess];
    await once(second, "message");
    assert.deepEqual(classesOf(await queue.add(red, options)), [0]);
  });

  it("keeps the worker after an image that cannot be decoded", async () => {
    const queue = start();
    await assert.rejects(queue.add(Buffer.from("not an image"), options), { code: "IMAGE_INVALID" });
    assert.deepEqual(classesOf(await queue.add(red, options)), [0]);
    assert.equal(children.length, 1);
  });

  it("does not change the caller's image", async () => {
    const queue = start();
    const copy = Buffer.from(red.data);
    await queue.add(red, options);
    assert.deepEqual(red.data, copy);
  });

  it("reports why a model cannot be used, and ends the workers", async () => {
    const queue = start(2, folder.write("broken.onnx", Buffer.from("no model")));
    await assert.rejects(queue.add(red, options), { code: "YOLO_MODEL_INVALID" });
    await assert.rejects(pool.ready, { code: "YOLO_MODEL_INVALID" });
    const alive = children.filter(({ exitCode }) => exitCode === null);
    await Promise.all(alive.map((child) => once(child, "exit")));
    assert.equal(children.length, 2);
  });

  it("serves its users in turn", async () => {
    const busy = start();
    await pool.ready;
    const quiet = attach();
    const order: string[] = [];
    const work = Array.from({ length: 6 }, () => busy.add(red, options).then(() => order.push("busy")));
    work.push(quiet.add(red, options).then(() => order.push("quiet")));
    await Promise.all(work);
    assert.ok(order.indexOf("quiet") <= 2, order.join(" "));
  });

  it("serves the cameras of all users in turn, in one queue or several", async () => {
    const crowded = start();
    await pool.ready;
    const [several, single] = [new JobQueue("latest", 1), new JobQueue("latest", 1)];
    pool.attach(several);
    pool.attach(single);
    const order: string[] = [];
    // It keeps the worker busy until all others wait.
    const work = [crowded.add(red, options)];
    const send = (queue: JobQueue, camera: string): void => {
      work.push(
        queue.add(red, options, camera).then((found) => {
          order.push(camera);
          if (order.length < 7) send(queue, camera);
          return found;
        }),
      );
    };
    for (const camera of ["a", "b", "c"]) send(several, camera);
    send(single, "d");
    while (order.length < 8) await Promise.all([...work]);
    assert.deepEqual(order.slice(0, 8), ["a", "b", "c", "d", "a", "b", "c", "d"]);
  });

  it("runs the workers at the priority of this process", async () => {
    start();
    await pool.ready;
    assert.equal(os.getPriority(last().pid ?? 0), os.getPriority());
  });

  it("distributes the images of one user over the workers, and keeps the order of the results", async () => {
    const queue = start(2);
    await pool.ready;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => queue.add(red, options).then(() => order.push(index))),
    );
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_, index) => index),
    );
    assert.equal(children.length, 2);
  });

  it("ends its workers when it is closed during a run", async () => {
    const queue = start(2);
    await pool.ready;
    queue.add(red, options).catch(() => undefined);
    await pool.close();
    assert.ok(children.every((child) => child.exitCode !== null || child.signalCode !== null));
  });

  it("ends its workers when it is closed before the model is loaded", async () => {
    start();
    await pool.close();
    await assert.rejects(pool.ready, { code: "CLOSED" });
    assert.ok(children.every((child) => child.exitCode !== null || child.signalCode !== null));
  });
});
