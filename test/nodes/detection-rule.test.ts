import assert from "node:assert/strict";
import { once } from "node:events";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import detectionRule from "../../nodes/detection-rule/runtime";
import type { CommonEvent } from "../../src/events";
import { lastStatusOf, warningsOf } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

type EventMessage = NodeMessage & {
  payload: CommonEvent;
  frame?: object;
  detection?: object;
  image?: unknown;
};

const person = { label: "person", classId: 0, score: 0.9, box: { x: 64, y: 36, width: 64, height: 144 } };
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(16)]);
const size = { width: 640, height: 360 };
const frame = {
  index: 0,
  time: "2026-03-02T08:00:00+01:00",
  ...size,
  format: "jpeg",
  channels: 3,
  camera: "gate",
};
const detection = { model: "yolo.onnx", ...size, inferenceMs: 12, totalMs: 20, dropped: 3 };
const message = (more: object = {}) => ({ payload: [person], image: jpeg, frame, detection, ...more });

/** The settings as the editor saves them: numbers are text. */
const wire = (config: object = {}): Promise<WiredNode<EventMessage>> =>
  wireNode(detectionRule, {
    type: "detection-rule",
    hits: "1",
    window: "1",
    cooldown: "0",
    endAfter: "60",
    ...config,
  });

describe("the detection-rule node", () => {
  afterEach(() => helper.unload());

  it("sends a common event with the frame as image, a topic, and the other properties of the message", async () => {
    const { handle, received } = await wire({ eventType: "intrusion", labels: "person, car" });
    assert.equal(await handle(message()), undefined);
    const [msg] = received;
    assert.ok(msg);
    assert.equal(msg.topic, "detection/gate/1/intrusion");
    assert.deepEqual(msg.frame, frame);
    assert.deepEqual(msg.detection, detection);
    assert.equal(msg.image, undefined);
    const { source, type, vendorType, state, time, device, targets, images, details } = msg.payload;
    assert.deepEqual(
      { source, type, vendorType, state },
      {
        source: "detection",
        type: "intrusion",
        vendorType: "person",
        state: "start",
      },
    );
    assert.equal(time, frame.time);
    assert.deepEqual(device, { name: "gate" });
    assert.deepEqual(targets, [
      { id: 1, label: "person", score: 0.9, box: { x: 0.1, y: 0.1, width: 0.1, height: 0.4 } },
    ]);
    assert.deepEqual(images, [{ kind: "overview", mimeType: "image/jpeg", data: jpeg, ...size }]);
    assert.deepEqual(details, { hits: 1, window: 1, dropped: 3 });
  });

  it("warns in its status, and once in the log, if the rule needs class names and the model has none", async () => {
    const { handle, node } = await wire({ labels: "person" });
    for (let i = 0; i < 3; i++) await handle(message({ payload: [{ ...person, label: "class 0" }] }));
    assert.deepEqual([lastStatusOf(node).fill, lastStatusOf(node).text], ["yellow", "status.unnamed"]);
    const [warning, ...more] = warningsOf(node);
    assert.match(warning ?? "", /labels never match.*Set the labels in the yolo-detect node/);
    assert.deepEqual(more, []);
  });

  for (const [what, labels, label] of [
    ["has a class id as label", "class 0", "class 0"],
    ["has no labels", "", "class 0"],
    ["has a label that was not seen yet", "person", "dog"],
  ] as const) {
    it(`does not warn if the rule ${what}`, async () => {
      const { handle, node } = await wire({ labels });
      await handle(message({ payload: [{ ...person, label }] }));
      assert.deepEqual(warningsOf(node), []);
      assert.notEqual(lastStatusOf(node).text, "status.unnamed");
    });
  }

  it("remembers objects for 10 seconds by default", async () => {
    const gap = async (config: object): Promise<number> => {
      const { handle, received } = await wire({ labels: "person", endAfter: "1", ...config });
      const at = (second: number): object =>
        message({ frame: { ...frame, time: new Date(1e12 + 1000 * second).toISOString() } });
      for (let second = 0; second <= 30; second++) await handle(at(second));
      for (const second of [31, 32, 33, 34, 35, 36, 37, 38]) await handle({ ...at(second), payload: [] });
      await handle(at(39));
      await helper.unload();
      return received.filter(({ payload }) => payload.state === "start").length;
    };
    assert.deepEqual([await gap({}), await gap({ trackSeconds: "1" })], [1, 2]);
  });

  it("sends nothing for a frame without an event, and completes the message", async () => {
    const { handle, received } = await wire({ hits: "2", window: "3" });
    assert.equal(await handle(message()), undefined);
    assert.equal(await handle(message({ payload: [] })), undefined);
    assert.deepEqual(received, []);
  });

  it("distinguishes cameras by frame, topic or the node's name", async () => {
    const { handle, received } = await wire({ name: "rule 7" });
    await handle(message());
    await handle(message({ frame: undefined, topic: "door" }));
    await handle(message({ frame: undefined }));
    assert.deepEqual(
      received.map(({ payload }) => payload.device.name),
      ["gate", "door", "rule 7"],
    );
  });

  it("sets the channel of the message", async () => {
    const { handle, received } = await wire();
    await handle(message({ channel: 201 }));
    assert.equal(received[0]?.payload.channel.id, "201");
  });

  it("uses the image size of the frame if the detector's is missing", async () => {
    const { handle, received } = await wire();
    await handle(message({ detection: undefined }));
    assert.equal(received[0]?.payload.targets[0]?.box?.x, 0.1);
  });

  it("ends an event if no more frames arrive", async () => {
    const { handle, received } = await wire({ endAfter: "0.1" });
    const arrival = once(helper.getNode("out"), "input");
    await handle(message());
    await arrival;
    if (received.length < 2) await once(helper.getNode("out"), "input");
    assert.deepEqual(
      received.map(({ payload }) => payload.state),
      ["start", "end"],
    );
    assert.equal(received[1]?.topic, "detection/gate/1/intrusion");
    assert.equal(received[1].payload.id, received[0]?.payload.id);
  });

  it("detects people without a helmet if this is set", async () => {
    const helmet = { label: "Hardhat", classId: 1, score: 0.5, box: { x: 86, y: 32, width: 20, height: 14 } };
    const { handle, received } = await wire({ labels: "no_helmet", deriveNoHelmet: true });
    await handle(message({ payload: [person, helmet] }));
    assert.equal(received.length, 0);
    await handle(message());
    assert.equal(received[0]?.payload.vendorType, "no_helmet");
  });

  it("reports an invalid payload to the Catch node and continues", async () => {
    const { handle, received } = await wire();
    const error = await handle(message({ payload: "person" }));
    assert.equal(error?.code, "CONFIG_INVALID");
    assert.equal(error.source.type, "detection-rule");
    assert.equal((await handle(message({ frame: undefined, detection: undefined })))?.code, "CONFIG_INVALID");
    await handle(message());
    assert.equal(received.length, 1);
  });

  const mistakes: [what: string, config: object, says: RegExp][] = [
    [
      "a zone of two points",
      {
        zones: [
          {
            name: "ramp",
            points: [
              [0, 0],
              [1, 1],
            ],
          },
        ],
      },
      /ramp/,
    ],
    ["zones that are not JSON", { zones: "[" }, /JSON/],
    ["more hits than frames", { hits: "4", window: "3" }, /hits/],
    ["an unknown event type", { eventType: "Intrusion" }, /eventType/],
    ["a score above 1", { minScore: "40" }, /minScore/],
    ["an end at once", { endAfter: "0" }, /endAfter/],
  ];
  for (const [what, config, says] of mistakes) {
    it(`reports for every message: ${what}`, async () => {
      const { handle } = await wire(config);
      const error = await handle(message());
      assert.equal(error?.code, "CONFIG_INVALID");
      assert.match(error.message, says);
    });
  }
});
