import assert from "node:assert/strict";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import sharp from "sharp";
import detectionDraw from "../../nodes/detection-draw/runtime";
import { wireNode, type WiredNode } from "../support/wired-node";

type DrawnMessage = NodeMessage & { payload: Buffer; detections?: object; event?: object; frame?: object };

const size = { width: 320, height: 240 };
const pixels = Buffer.alloc(320 * 240 * 3, 100);
const person = { label: "person", classId: 0, score: 0.9, box: { x: 80, y: 120, width: 160, height: 60 } };
const detection = { model: "yolo.onnx", ...size, inferenceMs: 12, totalMs: 20, dropped: 0 };
const rawFrame = {
  index: 4,
  time: "2026-03-02T08:00:00Z",
  ...size,
  format: "rgb",
  channels: 3,
  camera: "gate",
};

const wire = (config: object = {}): Promise<WiredNode<DrawnMessage>> =>
  wireNode(detectionDraw, { type: "detection-draw", labels: "person=#00ff00", ...config });

async function pixelAt(jpeg: Buffer, x: number, y: number): Promise<[number, number, number]> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 3);
  const at = (y * info.width + x) * 3;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}
const isGreen = ([red, green, blue]: [number, number, number]): boolean =>
  green > 180 && red < 90 && blue < 90;

describe("the detection-draw node", () => {
  let jpeg: Buffer;
  before(async () => {
    jpeg = await sharp(pixels, { raw: { ...size, channels: 3 } })
      .jpeg()
      .toBuffer();
  });
  afterEach(() => helper.unload());

  const event = (more: object = {}) => ({
    source: "detection",
    state: "start",
    targets: [{ label: "person", score: 0.9, box: { x: 0.25, y: 0.5, width: 0.5, height: 0.25 } }],
    images: [{ kind: "overview", mimeType: "image/jpeg", data: jpeg }],
    ...more,
  });

  it("draws a detector's output on its encoded image, and keeps the detections", async () => {
    const { handle, received } = await wire();
    assert.equal(await handle({ payload: [person], image: jpeg, detection, topic: "gate" }), undefined);
    const [msg] = received;
    assert.ok(msg && isGreen(await pixelAt(msg.payload, 160, 178)));
    assert.deepEqual(msg.detections, [person]);
    assert.equal(msg.topic, "gate");
  });

  it("draws on a raw frame, and describes the resulting JPEG", async () => {
    const { handle, received } = await wire();
    await handle({ payload: [person], image: pixels, frame: rawFrame });
    assert.ok(received[0] && isGreen(await pixelAt(received[0].payload, 160, 178)));
    assert.deepEqual(received[0].frame, { ...rawFrame, format: "jpeg" });
  });

  it("draws a common event on its image, and keeps the event", async () => {
    const { handle, received } = await wire();
    await handle({ payload: event() });
    assert.ok(received[0] && isGreen(await pixelAt(received[0].payload, 160, 178)));
    assert.deepEqual(received[0].event, event());
  });

  it("draws no boxes at the end of an event, because the objects have left the image", async () => {
    const { handle, received } = await wire();
    await handle({ payload: event({ state: "end" }) });
    assert.ok(received[0] && !isGreen(await pixelAt(received[0].payload, 160, 178)));
  });

  it("ignores targets without a box, and sends nothing for an event without an image", async () => {
    const { handle, received } = await wire();
    await handle({ payload: event({ targets: [{ label: "person" }] }) });
    assert.equal(received.length, 1);
    assert.equal(await handle({ payload: event({ images: [] }) }), undefined);
    assert.equal(
      await handle({ payload: event({ images: [{ kind: "overview", url: "http://x" }] }) }),
      undefined,
    );
    assert.equal(received.length, 1);
  });

  it("draws the zones of the message, or else those of its settings", async () => {
    const left = [
      {
        name: "left",
        points: [
          [0, 0],
          [0.5, 0],
          [0.5, 1],
          [0, 1],
        ],
      },
    ];
    const right = [
      {
        name: "right",
        points: [
          [0.5, 0],
          [1, 0],
          [1, 1],
          [0.5, 1],
        ],
      },
    ];
    const { handle, received } = await wire({ zones: JSON.stringify(left) });
    await handle({ payload: [], image: jpeg, detection });
    await handle({ payload: [], image: jpeg, detection, zones: right });
    const isTinted = async (msg: DrawnMessage | undefined, x: number): Promise<boolean> => {
      assert.ok(msg);
      const [red, , blue] = await pixelAt(msg.payload, x, 200);
      return red - blue > 15;
    };
    assert.deepEqual([await isTinted(received[0], 80), await isTinted(received[0], 240)], [true, false]);
    assert.deepEqual([await isTinted(received[1], 80), await isTinted(received[1], 240)], [false, true]);
  });

  it("reports a broken image to the Catch node and draws the next one", async () => {
    const { handle, received } = await wire();
    const error = await handle({ payload: [person], image: jpeg.subarray(0, 200), detection });
    assert.equal(error?.code, "IMAGE_INVALID");
    assert.equal(error.source.type, "detection-draw");
    assert.equal((await handle({ payload: [person], detection }))?.code, "IMAGE_INVALID");
    await handle({ payload: [person], image: jpeg, detection });
    assert.equal(received.length, 1);
  });

  it("fails a waiting image that a redeploy cancels", async () => {
    const { node, handle } = await wire();
    const ended = handle({ payload: [person], image: jpeg, detection });
    await node.close(false);
    assert.equal((await ended)?.code, "CLOSED");
  });

  it("keeps the order of images", async () => {
    const { handle, received } = await wire();
    for (const topic of ["a", "b"]) void handle({ payload: [person], image: jpeg, detection, topic });
    await handle({ payload: [], image: pixels, frame: rawFrame, topic: "c" });
    while (received.length < 3) await new Promise((resolve) => helper.getNode("out").once("input", resolve));
    assert.deepEqual(
      received.map(({ topic }) => topic),
      ["a", "b", "c"],
    );
  });

  it("reports an invalid colour for every message", async () => {
    const { handle } = await wire({ labels: "person" });
    assert.equal((await handle({ payload: [], image: jpeg, detection }))?.code, "CONFIG_INVALID");
  });
});
