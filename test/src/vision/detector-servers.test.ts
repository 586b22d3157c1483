import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import sharp from "sharp";
import {
  Detector,
  type DetectionResult,
  type DetectorOptions,
  type DetectorWatcher,
} from "../../../src/vision/detector";
import type { DetectionServers } from "../../../src/vision/model-types";
import type { ServersReport } from "../../../src/vision/worker/messages";
import type { KServeOptions, KServeServer } from "../../servers/inference/kserve-server";
import { modelFolder } from "../../support/model-folder";
import { startOnnxServer } from "../../support/onnx-server";
import { colourDetector } from "../../support/onnx-model";

const colour = (r: number, g: number, b: number) => ({
  data: Buffer.alloc(64 * 64 * 3, Buffer.from([r, g, b])),
  width: 64,
  height: 64,
  channels: 3,
});
const red = colour(255, 0, 0);
const green = colour(0, 255, 0);

/** Records the reports of a detector. */
class Reports implements DetectorWatcher {
  readonly servers: string[] = [];
  readonly events: string[] = [];
  #changed: () => void = () => undefined;
  #add(event: string): void {
    this.events.push(event);
    this.#changed();
  }
  onWorkerDied = (): void => {
    this.#add("died");
  };
  onWorkerReady = (): void => {
    this.#add("ready");
  };
  onServers = ({ ready, servers }: ServersReport): void => {
    this.servers.push(`${ready}/${servers}`);
    this.#changed();
  };
  onAway = (error: Error & { code?: string }): void => {
    this.#add(`away ${error.code ?? ""}`);
  };
  onFallback = (): void => {
    this.#add("fallback");
  };
  onServersBack = (): void => {
    this.#add("back");
  };
  async until(holds: (reports: Reports) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

describe("Detector on inference servers", function () {
  this.timeout(30_000);
  const folder = modelFolder();
  const model = folder.write("colours.onnx", colourDetector());
  const open: { close: () => Promise<unknown> }[] = [];
  afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

  const serve = async (options?: Omit<KServeOptions, "model">): Promise<KServeServer> => {
    const server = await startOnnxServer("colours", model, options);
    open.push(server);
    return server;
  };
  const detectorOn = (
    servers: { url: string }[],
    { watcher, ...options }: Partial<DetectorOptions & DetectionServers> & { watcher?: DetectorWatcher } = {},
  ): Detector => {
    const { inFlight, dialect = "kserve", timeout = 5, ...more } = options;
    const settings = { urls: servers.map(({ url }) => url), dialect, model: "colours", inFlight, timeout };
    const detector = new Detector(
      { queue: "fifo", queueSize: 100, threads: 1, ...more, servers: settings },
      watcher,
    );
    open.unshift(detector);
    return detector;
  };
  const done = async (work: Promise<DetectionResult | "dropped">): Promise<DetectionResult> => {
    const result = await work;
    assert.ok(result !== "dropped");
    return result;
  };
  const labelsOf = ({ detections }: DetectionResult): string[] => detections.map(({ label }) => label);

  it("finds the same objects as the model on this computer, and names the server", async () => {
    const server = await serve();
    const here = new Detector({ model, threads: 1 });
    open.push(here);
    const there = detectorOn([server], { labels: ["red", "green", "blue"] });
    const image = await sharp(red.data, { raw: { width: 64, height: 64, channels: 3 } })
      .resize(128, 72, { fit: "fill" })
      .jpeg()
      .toBuffer();
    for (const each of [image, green]) {
      const [local, remote] = await Promise.all([done(here.detect(each)), done(there.detect(each))]);
      assert.deepEqual(remote.detections, local.detections);
      assert.deepEqual([remote.width, remote.height], [local.width, local.height]);
      assert.deepEqual([local.server, remote.server], [undefined, server.url]);
    }
    assert.equal((await there.ready).family, "yolov8");
  });

  it("keeps all servers busy, and the order of the images", async () => {
    const servers = [await serve({ serviceMs: 100 }), await serve({ serviceMs: 100 })];
    const detector = detectorOn(servers);
    await detector.ready;
    const order: number[] = [];
    const started = performance.now();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        detector.detect(red, `camera ${index % 4}`).then(() => order.push(index)),
      ),
    );
    const elapsed = performance.now() - started;
    assert.deepEqual(order, [...order.keys()]);
    assert.ok(elapsed < 1700, `20 images of 100 ms on two servers took ${elapsed} ms`);
    for (const { mostAtOnce } of servers) assert.equal(mostAtOnce, 1);
  });

  it("shares one process between the detectors of the same servers", async () => {
    const server = await serve();
    const [first, second] = [detectorOn([server]), detectorOn([server])];
    await Promise.all([first.ready, second.ready]);
    const checks = server.requests.filter((request) => request === "GET /v2/models/colours");
    await Promise.all([first.detect(red), second.detect(green)]);
    assert.ok(checks.length <= 2, server.requests.join("\n"));
  });

  it("gives the work of a server that dies to another one", async () => {
    const [dying, staying] = [await serve({ serviceMs: 150 }), await serve({ serviceMs: 20 })];
    const reports = new Reports();
    const detector = detectorOn([dying, staying], { watcher: reports });
    await detector.ready;
    await reports.until(({ servers }) => servers.at(-1) === "2/2");
    const work = Array.from({ length: 8 }, () => done(detector.detect(red)));
    while (dying.mostAtOnce === 0) await Promise.race(work);
    await dying.close();
    const results = await Promise.all(work);
    assert.ok(results.every((result) => labelsOf(result)[0] === "class 0"));
    await reports.until(({ servers }) => servers.at(-1) === "1/2");
  });

  it("fails images while all servers are away, and works when one is back", async () => {
    const server = await serve();
    const { port } = server;
    const reports = new Reports();
    const detector = detectorOn([server], { watcher: reports, timeout: 1 });
    await detector.ready;
    await server.close();
    await assert.rejects(detector.detect(red), /CONNECTION|INFERENCE|inference|connect/i);
    await reports.until(({ events }) => events.some((event) => event.startsWith("away")));
    await assert.rejects(detector.detect(red));
    await server.listen(port);
    await reports.until(({ events }) => events.at(-1) === "ready");
    assert.deepEqual(labelsOf(await done(detector.detect(red))), ["class 0"]);
  });

  it("starts without servers, and works when one appears", async () => {
    const server = await serve();
    const { port } = server;
    await server.close();
    const reports = new Reports();
    const detector = detectorOn([{ url: `http://127.0.0.1:${port}` }], { watcher: reports, timeout: 1 });
    await assert.rejects(detector.ready);
    await server.listen(port);
    await reports.until(({ events }) => events.at(-1) === "ready");
    assert.notEqual(await detector.detect(red), "dropped");
  });

  it("falls back to the model on this computer, loses no image, and goes back", async () => {
    const server = await serve({ serviceMs: 50 });
    const { port } = server;
    const reports = new Reports();
    const detector = detectorOn([server], { model, watcher: reports, timeout: 1 });
    await detector.ready;
    const work = Array.from({ length: 6 }, (_, index) =>
      done(detector.detect(index % 2 === 0 ? red : green)),
    );
    await work[0];
    await server.close();
    const results = await Promise.all(work);
    assert.deepEqual(
      results.map(({ detections }) => detections[0]?.classId),
      [0, 1, 0, 1, 0, 1],
    );
    assert.deepEqual([results[0]?.server, results[5]?.server], [`http://127.0.0.1:${port}`, undefined]);
    assert.deepEqual([results[0]?.model, results[5]?.model], ["colours", "colours.onnx"]);
    assert.ok(reports.events.includes("fallback"));
    await reports.until(({ events }) => events.some((event) => event.startsWith("away")));
    assert.equal((await done(detector.detect(red))).server, undefined);
    await server.listen(port);
    await reports.until(({ events }) => events.at(-1) === "back" || events.at(-2) === "back");
    assert.equal((await done(detector.detect(red))).server, `http://127.0.0.1:${port}`);
  });

  it("falls back from the start, if no server is there", async () => {
    const reports = new Reports();
    const detector = detectorOn([{ url: "http://127.0.0.1:9" }], { model, watcher: reports, timeout: 1 });
    assert.deepEqual(labelsOf(await done(detector.detect(green))), ["green"]);
    assert.equal(reports.events.filter((event) => event === "fallback").length, 1);
  });

  it("reports why a model on a server is not a detector", async () => {
    const server = await serve();
    const settings = { urls: [server.url], dialect: "kserve", model: "unknown", timeout: 1 } as const;
    const detector = new Detector({ servers: settings });
    open.unshift(detector);
    await assert.rejects(detector.ready, { code: "INFERENCE_MODEL" });
  });
});
