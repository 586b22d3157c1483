import assert from "node:assert/strict";
import { atGate, gate, inYard, object, Scene, settled, size, yard } from "../../../support/rule-scene";

describe("the start of an event", () => {
  it("comes with the frame that completes the hits", async () => {
    const scene = new Scene({ hits: 3, window: 5 });
    await scene.frames(2, [atGate]);
    assert.deepEqual(scene.states, []);
    await scene.frame([atGate]);
    assert.deepEqual(scene.states, ["start"]);
  });

  it("counts hits across missed frames within the window", async () => {
    const scene = new Scene({ hits: 3, window: 5 });
    for (const seen of [true, false, true, false, true]) await scene.frame(seen ? [atGate] : []);
    assert.deepEqual(scene.states, ["start"]);
  });

  it("forgets hits before the window", async () => {
    const scene = new Scene({ hits: 3, window: 5 });
    for (const seen of [true, false, false, true, false, true, false, false, true]) {
      await scene.frame(seen ? [atGate] : []);
    }
    assert.deepEqual(scene.states, []);
  });

  it("needs the hits of one object: false detections at different places do not add up", async () => {
    const scene = new Scene();
    await scene.frame([atGate]);
    await scene.frame([inYard]);
    assert.deepEqual(scene.states, []);
  });

  it("ignores sightings below the score", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frames(3, [object("person", 100, 300, 0.49)]);
    assert.deepEqual(scene.states, []);
    await scene.frame([object("person", 100, 300, 0.5)]);
    assert.deepEqual(scene.states, ["start"]);
  });

  it("counts only the configured labels, in any case", async () => {
    const scene = new Scene({ hits: 1, labels: ["PERSON"] });
    await scene.frame([object("dog", 300)]);
    assert.deepEqual(scene.states, []);
    await scene.frame([object("Person", 100)]);
    assert.equal(scene.events[0]?.vendorType, "Person");
  });

  it("counts each zone separately, and ignores the rest of the image", async () => {
    const scene = new Scene({ hits: 1, zones: [gate, yard] });
    await scene.frame([object("person", 100, 120)]);
    assert.deepEqual(scene.states, []);
    await scene.frame([object("person", 100, 200), inYard]);
    assert.deepEqual(
      scene.events.map(({ details }) => details.zone),
      ["gate", "yard"],
    );
  });

  it("does not count hits in one zone for another", async () => {
    const scene = new Scene({ zones: [gate, yard] });
    await scene.frame([object("person", 310)]);
    await scene.frame([object("person", 330)]);
    assert.deepEqual(scene.states, []);
    await scene.frame([object("person", 345)]);
    assert.deepEqual(
      scene.events.map(({ details }) => details.zone),
      ["yard"],
    );
  });

  it("is separate for each label", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frame([atGate, object("car", 400)]);
    assert.deepEqual(
      scene.events.map(({ vendorType }) => vendorType),
      ["person", "car"],
    );
  });
});

describe("an event", () => {
  it("is a common event with target, place and time", async () => {
    const scene = new Scene({ hits: 1, window: 3, zones: [gate], eventType: "hardHat" });
    const found = { label: "no_helmet", score: 0.75, box: { x: 80, y: 90, width: 160, height: 180 } };
    await scene.frame([found], {
      time: "2024-05-01T10:00:00.000+02:00",
      image: Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(16)]),
      dropped: 2,
    });
    const [event] = scene.events;
    assert.ok(event);
    assert.match(event.id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(event, {
      source: "detection",
      type: "hardHat",
      vendorType: "no_helmet",
      state: "start",
      id: event.id,
      time: "2024-05-01T10:00:00.000+02:00",
      receivedTime: "2026-03-02T08:00:00.000Z",
      device: { name: "yard-cam" },
      channel: { id: "1" },
      description: "no_helmet in gate",
      targets: [
        {
          id: 1,
          label: "no_helmet",
          score: 0.75,
          box: { x: 0.125, y: 0.25, width: 0.25, height: 0.5 },
        },
      ],
      images: [
        {
          kind: "overview",
          mimeType: "image/jpeg",
          data: Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(16)]),
          ...size,
        },
      ],
      details: { zone: "gate", hits: 1, window: 3, dropped: 2 },
    });
  });

  it("clamps boxes that exceed the image", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frame([{ label: "car", score: 0.9, box: { x: -64, y: 180, width: 128, height: 360 } }]);
    assert.deepEqual(scene.events[0]?.targets[0]?.box, { x: 0, y: 0.5, width: 0.1, height: 0.5 });
  });

  it("keeps its id from start to end, and the next event has another one", async () => {
    const scene = new Scene({ hits: 1, endAfter: 3 });
    await scene.frames(8, [atGate]);
    await scene.frames(4, []);
    await scene.frame([atGate]);
    assert.deepEqual(scene.states, ["start", "update", "end", "start"]);
    const ids = scene.events.map(({ id }) => id);
    assert.equal(new Set(ids.slice(0, 3)).size, 1);
    assert.notEqual(ids[3], ids[0]);
  });

  it("is updated every five seconds, not with every frame", async () => {
    const scene = new Scene({ hits: 1 });
    for (let i = 0; i < 120; i++) await scene.frame([atGate], { wait: 0.1 });
    assert.deepEqual(scene.states, ["start", "update", "update"]);
  });

  it("is updated soon if another object joins, and contains both", async () => {
    const scene = new Scene();
    await scene.frames(2, [atGate]);
    await scene.frames(2, [atGate, inYard]);
    assert.deepEqual(scene.states, ["start", "update"]);
    assert.deepEqual(
      scene.events[1]?.targets.map(({ id }) => id),
      [1, 2],
    );
  });

  it("keeps the ids of its targets from event to event", async () => {
    const scene = new Scene({ hits: 1 });
    for (let i = 0; i <= 10; i++)
      await scene.frame([object("person", 60 + 40 * i), object("person", 560 - 40 * i, 340)]);
    assert.deepEqual(scene.states, ["start", "update", "update"]);
    const byHeight = scene.events.map(({ targets }) =>
      [...targets].sort((a, b) => (a.box?.y ?? 0) - (b.box?.y ?? 0)).map(({ id }) => id),
    );
    assert.deepEqual(byHeight[1], byHeight[0]);
    assert.deepEqual(byHeight[2], byHeight[0]);
  });
});

describe("the end of an event", () => {
  it("comes with the first frame long enough after the last hit", async () => {
    const scene = new Scene({ hits: 1, endAfter: 3 });
    await scene.frame([atGate], { time: "2024-05-01T10:00:00Z", wait: 0 });
    await scene.frame([], { time: "2024-05-01T10:00:02.9Z", wait: 0 });
    assert.deepEqual(scene.states, ["start"]);
    await scene.frame([], { time: "2024-05-01T10:00:03Z", wait: 0 });
    assert.deepEqual(scene.states, ["start", "end"]);
    assert.equal(scene.events[1]?.time, "2024-05-01T10:00:03Z");
  });

  it("contains the objects seen last", async () => {
    const scene = new Scene({ hits: 1, endAfter: 2 });
    await scene.frame([atGate]);
    await scene.frames(3, []);
    assert.deepEqual(scene.events[1]?.targets, scene.events[0]?.targets);
  });

  it("comes by the wall clock if no frame follows", async () => {
    const scene = new Scene({ hits: 1, endAfter: 5 });
    await scene.frame([atGate], { time: "2024-05-01T10:00:00Z", wait: 4.9 });
    await settled();
    assert.deepEqual(scene.states, ["start"]);
    scene.clock.advance(0.1);
    await settled();
    assert.deepEqual(scene.states, ["start", "end"]);
    assert.equal(scene.events[1]?.time, "2024-05-01T10:00:05.000Z");
    assert.deepEqual(scene.events[1].images, []);
    assert.equal(scene.clock.pending, 0);
  });

  it("comes by the wall clock for each event at its time", async () => {
    const scene = new Scene({ hits: 1, endAfter: 5 });
    await scene.frame([atGate, object("car", 400)], { wait: 2 });
    await scene.frame([atGate], { wait: 3 });
    await settled();
    assert.deepEqual(
      scene.events.map(({ state, vendorType }) => `${state} ${vendorType}`),
      ["start person", "start car", "end car"],
    );
    scene.clock.advance(2);
    await settled();
    assert.equal(scene.events.length, 4);
  });

  it("does not come if the object is missed for a moment", async () => {
    const scene = new Scene({ hits: 1, endAfter: 5 });
    for (const seen of [true, false, false, false, true, false, false, false, true]) {
      await scene.frame(seen ? [atGate] : []);
    }
    assert.ok(!scene.states.includes("end"));
  });

  it("does not come when the rule is closed, and no timer remains", async () => {
    const scene = new Scene({ hits: 1 });
    await scene.frame([atGate]);
    scene.rule.close();
    assert.equal(scene.clock.pending, 0);
    scene.clock.advance(60);
    await scene.frame([atGate]);
    assert.deepEqual(scene.states, ["start"]);
  });
});

describe("the cooldown", () => {
  const options = { hits: 1, endAfter: 2, cooldown: 20 };

  it("delays the next start until it has passed since the last one", async () => {
    const scene = new Scene(options);
    await scene.frame([atGate]);
    await scene.frames(4, []);
    await scene.frames(15, [atGate]);
    assert.deepEqual(scene.states, ["start", "end"]);
    await scene.frame([atGate]);
    assert.deepEqual(scene.states, ["start", "end", "start"]);
  });

  it("is separate for each zone, label and camera", async () => {
    const scene = new Scene({ ...options, zones: [gate, yard] });
    await scene.frame([atGate], { wait: 0 });
    await scene.frame([inYard], { wait: 0 });
    await scene.frame([object("dog", 100)], { wait: 0 });
    await scene.frame([atGate], { camera: "door-cam", wait: 0 });
    assert.deepEqual(scene.states, ["start", "start", "start", "start"]);
  });
});
