import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import sharp from "sharp";
import { Detector, type DetectionResult, type DetectorOptions } from "../../../src/vision/detector";
import { DeepStackServer, type DeepStackOptions } from "../../servers/inference/deepstack-server";

const red = {
  data: Buffer.alloc(64 * 64 * 3, Buffer.from([255, 0, 0])),
  width: 64,
  height: 64,
  channels: 3,
};

describe("Detector on servers that return labels", function () {
  this.timeout(30_000);
  const open: { close: () => Promise<unknown> }[] = [];
  afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

  const serveLabels = async (options: DeepStackOptions): Promise<DeepStackServer> => {
    const server = await DeepStackServer.start(options);
    open.push(server);
    return server;
  };
  const detectorOn = ({ url }: DeepStackServer, options: DetectorOptions = {}, inFlight = 1): Detector => {
    const servers = { urls: [url], dialect: "deepstack", model: "", inFlight } as const;
    const detector = new Detector({ queue: "fifo", queueSize: 100, ...options, servers });
    open.unshift(detector);
    return detector;
  };
  const done = async (work: Promise<DetectionResult | "dropped">): Promise<DetectionResult> => {
    const result = await work;
    assert.ok(result !== "dropped");
    return result;
  };

  it("sends a JPEG as it is to a server that returns labels", async () => {
    let sent: Buffer | undefined;
    const server = await serveLabels({
      detect: (image) => {
        sent = image;
        return [
          { label: "person", confidence: 0.9, x_min: 10, y_min: 20, x_max: 30, y_max: 60 },
          { label: "Dog", confidence: 0.8, x_min: 0, y_min: 0, x_max: 500, y_max: 40 },
          { label: "cat", confidence: 0.7, x_min: 0, y_min: 0, x_max: 5, y_max: 5 },
        ];
      },
    });
    const detector = detectorOn(server, {
      labels: ["cat", "dog", "person"],
      classes: ["person", "1"],
    });
    const jpeg = await sharp({ create: { width: 100, height: 80, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    const result = await done(detector.detect(jpeg));
    assert.deepEqual(sent, jpeg);
    assert.deepEqual(result.detections, [
      { label: "person", classId: 2, score: 0.9, box: { x: 10, y: 20, width: 20, height: 40 } },
      { label: "Dog", classId: 1, score: 0.8, box: { x: 0, y: 0, width: 100, height: 40 } },
    ]);
    assert.deepEqual([result.width, result.height, result.server], [100, 80, server.url]);
  });

  it("leaves the class id out if only the server knows the labels, and encodes raw frames", async () => {
    let sent: Buffer = Buffer.alloc(0);
    const server = await serveLabels({
      detect: (image) => {
        sent = image;
        return [{ label: "person", confidence: 0.9, x_min: 1, y_min: 2, x_max: 3, y_max: 4 }];
      },
    });
    const result = await done(detectorOn(server).detect(red));
    assert.deepEqual(result.detections, [
      { label: "person", score: 0.9, box: { x: 1, y: 2, width: 2, height: 2 } },
    ]);
    const { width, height, format } = await sharp(sent).metadata();
    assert.deepEqual([width, height, format], [64, 64, "jpeg"]);
  });

  it("turns an image upright before it sends it", async () => {
    let sent: Buffer = Buffer.alloc(0);
    const server = await serveLabels({
      detect: (image) => {
        sent = image;
        return [];
      },
    });
    const turned = await sharp({ create: { width: 100, height: 80, channels: 3, background: "red" } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const result = await done(detectorOn(server).detect(turned));
    assert.deepEqual([result.width, result.height], [80, 100]);
    const { width, height, orientation = 1 } = await sharp(sent).metadata();
    assert.deepEqual([width, height, orientation], [80, 100, 1]);
  });

  it("prepares the images outside this process", async () => {
    const server = await serveLabels({ slots: 4 });
    const detector = detectorOn(server, {}, 4);
    await detector.ready;
    const [width, height] = [1920, 1080];
    const noise = Buffer.from(Array.from({ length: 6221 }, (_, index) => (index * index * 31) % 251));
    const raw = { data: Buffer.alloc(width * height * 3, noise), width, height, channels: 3 };
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: 20 }, () => detector.detect(raw)));
    const { user, system } = process.cpuUsage(before);
    const started = process.cpuUsage();
    await sharp(raw.data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 92 })
      .toBuffer();
    const encoding = process.cpuUsage(started);
    const [each, here] = [(user + system) / 20, encoding.user + encoding.system];
    assert.ok(each < here / 2, `${each} µs for an image, ${here} µs to encode it here`);
  });
});
