import assert from "node:assert/strict";
import sharp from "sharp";
import { atGate, object, Scene, settled, size } from "../../../support/rule-scene";

describe("several cameras", () => {
  it("count their hits separately", async () => {
    const scene = new Scene();
    await scene.frame([atGate], { camera: "a" });
    await scene.frame([atGate], { camera: "b" });
    assert.deepEqual(scene.states, []);
    await scene.frame([atGate], { camera: "a" });
    assert.deepEqual(
      scene.events.map(({ device }) => device.name),
      ["a"],
    );
  });

  it("are limited in number: the one without a frame for the longest time is forgotten, and its event ends", async () => {
    const scene = new Scene({ hits: 1, endAfter: 3600 });
    for (let i = 0; i < 300; i++) await scene.frame([atGate], { camera: `cam-${i}`, wait: 0 });
    await settled();
    assert.equal(scene.rule.active, 256);
    assert.equal(scene.clock.pending, 256);
    const ended = scene.events.filter(({ state }) => state === "end");
    assert.deepEqual(
      ended.map(({ device }) => device.name),
      Array.from({ length: 44 }, (_, i) => `cam-${i}`),
    );
  });
});

describe("a recording", () => {
  const play = async (wait: number): Promise<string[]> => {
    const scene = new Scene({ endAfter: 3, cooldown: 10 });
    for (let second = 0; second < 30; second++) {
      const time = new Date(Date.UTC(2024, 4, 1, 10, 0, second)).toISOString();
      await scene.frame(second % 15 < 5 ? [atGate] : [], { time, wait });
    }
    return scene.events.map(({ state, time }) => `${state} ${time.slice(17, 19)}`);
  };

  it("yields the same events at any speed", async () => {
    const events = ["start 01", "end 07", "start 16", "end 22"];
    assert.deepEqual(await play(1), events);
    assert.deepEqual(await play(0.01), events);
  });
});

describe("people without a helmet", () => {
  const helmet = { personLabels: ["person"], helmetLabels: ["helmet"], minPersonHeight: 0.1 };

  it("are a label like any other if the model has this class", async () => {
    const scene = new Scene({ labels: ["no_helmet"], hits: 1 });
    await scene.frame([atGate, object("no_helmet", 100)]);
    assert.deepEqual(
      scene.events.map(({ vendorType }) => vendorType),
      ["no_helmet"],
    );
  });

  it("are derived from people and helmets if it does not", async () => {
    const scene = new Scene({ labels: ["no_helmet"], hits: 2, helmet });
    const hat = { label: "helmet", score: 0.6, box: { x: 90, y: 205, width: 20, height: 14 } };
    await scene.frames(3, [atGate, hat]);
    assert.deepEqual(scene.states, []);
    await scene.frames(2, [atGate]);
    assert.deepEqual(
      scene.events.map(({ vendorType }) => vendorType),
      ["no_helmet"],
    );
    assert.equal(scene.events[0]?.targets[0]?.label, "no_helmet");
  });
});

describe("the images of events", () => {
  const raw = { data: Buffer.alloc(640 * 360 * 3, 90), ...size, channels: 3 };

  it("are encoded if they are raw", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frame([atGate], { image: raw });
    const image = scene.events[0]?.images[0];
    assert.equal(image?.mimeType, "image/jpeg");
    const { format, width, height } = await sharp(image.data).metadata();
    assert.deepEqual({ format, width, height }, { format: "jpeg", ...size });
  });

  it("do not change the order of events, however long the encoding takes", async () => {
    const scene = new Scene({ hits: 1 });
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(16)]);
    const emitted: string[] = [];
    await Promise.all(
      ["a", "b", "c", "d"].map((camera, index) =>
        scene.rule.take(
          { camera, detections: [atGate], size, image: index % 2 === 0 ? raw : jpeg },
          ({ device }) => emitted.push(device.name ?? ""),
        ),
      ),
    );
    assert.deepEqual(emitted, ["a", "b", "c", "d"]);
  });

  it("do not block the events if they are broken: the events are emitted, and the promise rejects", async () => {
    const scene = new Scene({ hits: 1 });
    const broken = { ...raw, data: raw.data.subarray(1) };
    await assert.rejects(scene.frame([atGate], { image: broken }), { code: "IMAGE_INVALID" });
    assert.deepEqual(scene.states, ["start"]);
    assert.deepEqual(scene.events[0]?.images, []);
  });

  it("are omitted if too many wait", async () => {
    const scene = new Scene({ hits: 1 });
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        scene.frame([atGate], { camera: `cam-${i}`, image: raw, wait: 0 }),
      ),
    );
    assert.deepEqual(
      scene.events.map(({ images }) => images.length),
      [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
    );
  });
});

describe("an invalid payload", () => {
  const refused: [what: string, detections: unknown, message: RegExp][] = [
    ["not an array", Buffer.from("x"), /not an array/],
    ["a null element", [null], /\[0\]/],
    ["an element without a box", [atGate, { label: "person", score: 1 }], /\[1\]/],
    ["a box that is not a number", [{ ...atGate, box: { ...atGate.box, x: "12" } }], /\[0\]/],
    ["a score that is not a number", [{ ...atGate, score: Number.NaN }], /\[0\]/],
  ];
  for (const [what, detections, message] of refused) {
    it(`is rejected: ${what}; the next frame counts`, async () => {
      const scene = new Scene();
      await scene.frame([atGate]);
      await assert.rejects(scene.frame([], { detections }), { code: "CONFIG_INVALID", message });
      await scene.frame([atGate]);
      assert.deepEqual(scene.states, ["start"]);
    });
  }

  it("is ignored if its box is outside the image", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frame([object("person", 900)]);
    assert.deepEqual(scene.states, []);
  });
});
