import assert from "node:assert/strict";
import path from "node:path";
import { afterEach, describe, it } from "mocha";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import sharp from "sharp";
import yoloDetect from "../../nodes/yolo-detect/runtime";
import type { Detection } from "../../src/media/frame";
import { modelFolder } from "../support/model-folder";
import { colourDetector } from "../support/onnx-model";
import { lastStatusOf, warningsOf } from "../support/node-output";
import { wireNode, type CaughtMessage, type WiredNode } from "../support/wired-node";

interface Result extends NodeMessage {
  number?: string;
  payload: Detection[];
  image: Buffer;
  frame?: object;
  detection: Record<string, number | string>;
}

describe("the yolo-detect node", () => {
  const folder = modelFolder();
  const model = folder.write("colours.onnx", colourDetector());
  const raw = (r: number, g: number, b: number): Buffer => Buffer.alloc(64 * 64 * 3, Buffer.from([r, g, b]));
  const frame = { width: 64, height: 64, channels: 3, format: "rgb", camera: "gate" };
  const unnamed = { width: 64, height: 64, channels: 3, format: "rgb" };
  const red = () => ({ payload: raw(255, 0, 0), frame });
  const wire = (config: object = {}): Promise<WiredNode<Result>> =>
    wireNode(yoloDetect, { type: "yolo-detect", model, ...config });
  const labelsOf = (msg: Result | undefined): string[] | undefined => msg?.payload.map(({ label }) => label);

  /** Sends messages at once. Returns the completed and failed messages, in the order in which they ended. */
  const handleAll = async (wired: WiredNode<Result>, topics: readonly string[]): Promise<NodeMessage[]> => {
    const ended: NodeMessage[] = [];
    const all = new Promise<void>((resolve) => {
      helper.getNode("ended").on("input", (msg) => {
        if (ended.push(msg) === topics.length) resolve();
      });
    });
    for (const topic of topics) wired.node.receive({ topic, ...red() });
    await all;
    return ended;
  };
  const topicsOf = (messages: readonly NodeMessage[]): unknown[] => messages.map(({ topic }) => topic);

  afterEach(() => helper.unload());

  it("returns the objects of a JPEG and keeps the rest of the message", async () => {
    const { handle, received } = await wire();
    const image = await sharp(raw(255, 0, 0), { raw: { width: 64, height: 64, channels: 3 } })
      .resize(128, 64, { fit: "fill" })
      .jpeg()
      .toBuffer();
    await handle({ payload: image, topic: "gate", frame: { camera: "gate" }, _msgid: "m1" });
    const [msg] = received;
    assert.deepEqual(labelsOf(msg), ["red"]);
    assert.ok(msg?.payload[0]);
    const { x, y, width, height } = msg.payload[0].box;
    assert.deepEqual(
      [x, y, width, height].map((value) => Math.round(value)),
      [44, 22, 40, 20],
    );
    assert.deepEqual(msg.image, image);
    assert.deepEqual([msg.topic, msg._msgid, msg.frame], ["gate", "m1", { camera: "gate" }]);
    const { inferenceMs, totalMs, ...detection } = msg.detection;
    assert.deepEqual(detection, { model: "colours.onnx", width: 128, height: 64, dropped: 0 });
    assert.ok(Number(totalMs) >= Number(inferenceMs));
  });

  it("accepts raw RGB with its frame, also if the frame has no format", async () => {
    const { handle, received } = await wire();
    const { format, ...unnamed } = frame;
    await handle({ payload: raw(0, 0, 255), frame: { ...unnamed, format } });
    await handle({ payload: raw(0, 255, 0), frame: unnamed });
    assert.deepEqual(received.map(labelsOf), [["blue"], ["green"]]);
  });

  it("accepts numbers as text, and labels and classes as lists", async () => {
    const { handle, received } = await wire({
      confidence: "0.9",
      labels: "tomato, lettuce, plum",
      classes: "lettuce",
    });
    await handle(red());
    await handle({ payload: raw(0, 255, 0), frame });
    assert.deepEqual(received.map(labelsOf), [[], ["lettuce"]]);
  });

  it("completes replaced images without an output", async () => {
    const wired = await wire();
    // No image leaves the queue before the model is loaded.
    const ended = await handleAll(wired, ["1", "2", "3", "4", "5"]);
    assert.deepEqual(topicsOf(ended), ["1", "2", "3", "4", "5"]);
    assert.deepEqual(topicsOf(wired.received), ["5"]);
    assert.equal(wired.received[0]?.detection.dropped, 4);
  });

  const camerasOf: [what: string, messages: object[], received: string[]][] = [
    [
      "the frame names",
      [{ frame: { ...frame, camera: "a" } }, { frame: { ...frame, camera: "b" } }],
      ["1", "2"],
    ],
    [
      "the topic names",
      [
        { frame: unnamed, topic: "a" },
        { frame: unnamed, topic: "b" },
      ],
      ["1", "2"],
    ],
    [
      "a snapshot's channel names",
      [
        { frame: unnamed, image: { channel: "101" } },
        { frame: unnamed, image: { channel: "201" } },
        { frame: unnamed, image: { channel: "101" } },
      ],
      ["3", "2"],
    ],
    ["nothing names", [{ frame: unnamed }, { frame: unnamed }], ["2"]],
  ];
  for (const [what, messages, received] of camerasOf) {
    it(`keeps the newest image of each camera that ${what}`, async () => {
      const wired = await wire();
      let number = 0;
      const all = messages.map((msg) => ({ number: String(++number), payload: raw(255, 0, 0), ...msg }));
      const ended = new Promise<void>((resolve) => {
        let count = 0;
        helper.getNode("ended").on("input", () => {
          if (++count === all.length) resolve();
        });
      });
      for (const msg of all) wired.node.receive({ ...msg });
      await ended;
      assert.deepEqual(
        wired.received.map((msg) => msg.number),
        received,
      );
    });
  }

  it("warns of two cameras under one name, in the log and in its status", async () => {
    const { handle, node } = await wire();
    let time = 1e12;
    for (let i = 0; i < 6; i++) {
      for (const index of [500 + i, 10 + i])
        await handle({
          payload: raw(255, 0, 0),
          frame: { ...frame, index, time: new Date((time += 100)).toISOString() },
        });
    }
    const [warning, ...more] = warningsOf(node);
    assert.match(warning ?? "", /several cameras arrive under the name "gate"/);
    assert.deepEqual(more, []);
    assert.deepEqual([lastStatusOf(node).fill, lastStatusOf(node).text], ["yellow", "status.sharedName"]);
  });

  it("does not warn of two cameras under one name if every image is kept", async () => {
    const { handle, node } = await wire({ queue: "fifo" });
    let time = 1e12;
    for (let i = 0; i < 6; i++) {
      for (const index of [500 + i, 10 + i])
        await handle({
          payload: raw(255, 0, 0),
          frame: { ...frame, index, time: new Date((time += 100)).toISOString() },
        });
    }
    assert.deepEqual(warningsOf(node), []);
    assert.equal(lastStatusOf(node).fill, "green");
  });

  it("keeps the order of the messages, and rejects images if the queue is full", async () => {
    const wired = await wire({ queue: "fifo", queueSize: "3", workers: "2" });
    const [refused, ...rest] = await handleAll(wired, ["1", "2", "3", "4"]);
    assert.deepEqual([refused?.topic, (refused as CaughtMessage).error.code], ["4", "QUEUE_FULL"]);
    assert.deepEqual(topicsOf(rest), ["1", "2", "3"]);
    assert.deepEqual(topicsOf(wired.received), ["1", "2", "3"]);
  });

  it("fails the images that a redeploy cancels", async () => {
    const wired = await wire({ queue: "fifo" });
    await wired.handle(red());
    const ended = handleAll(wired, ["1", "2"]);
    await wired.node.close(false);
    const codes = (await ended).map((msg) => (msg as Partial<CaughtMessage>).error?.code);
    assert.deepEqual(codes, ["CLOSED", "CLOSED"]);
  });

  for (const [what, msg] of [
    ["a broken image", { payload: Buffer.from([0xff, 0xd8, 0xff, ...Buffer.alloc(40)]) }],
    ["raw pixels of another size", { payload: Buffer.alloc(100), frame }],
    ["text", { payload: "no image" }],
  ] as const) {
    it(`reports ${what} to the Catch node and continues`, async () => {
      const { handle, received } = await wire();
      const error = await handle({ ...msg });
      assert.deepEqual([error?.code, error?.source.type], ["IMAGE_INVALID", "yolo-detect"]);
      await handle(red());
      assert.deepEqual(labelsOf(received[0]), ["red"]);
    });
  }

  for (const [what, config, code] of [
    ["the setting for the model is empty", { model: "" }, "CONFIG_INVALID"],
    ["the model file is missing", { model: path.join(folder.path, "missing.onnx") }, "YOLO_MODEL_NOT_FOUND"],
    ["the confidence is out of range", { confidence: "25" }, "CONFIG_INVALID"],
    ["a class is unknown", { classes: "purple" }, "CONFIG_INVALID"],
  ] as const) {
    it(`reports for every message that ${what}`, async () => {
      const { node } = await wire(config);
      const codes = new Promise((resolve) => {
        // The error of the deploy may arrive first, without a topic.
        helper.getNode("ended").on("input", (msg) => {
          if (msg.topic === "a message") resolve((msg as CaughtMessage).error.code);
        });
      });
      node.receive({ topic: "a message", ...red() });
      assert.equal(await codes, code);
    });
  }

  it("loads a model that was added after the first deploy", async () => {
    const late = path.join(folder.path, "late.onnx");
    await wire({ model: late });
    await helper.unload();
    folder.write("late.onnx", colourDetector());
    const { handle, received } = await wire({ model: late });
    await handle(red());
    assert.deepEqual(labelsOf(received[0]), ["red"]);
  });
});
