import type { Sighting } from "../../../../src/vision/rules/sightings";
import assert from "node:assert/strict";
import { object, Scene, settled } from "../../../support/rule-scene";
import { seededRandom } from "../../../support/seeded-random";

const defaults = { labels: ["car"], hits: 3, window: 5, cooldown: 30, endAfter: 5 };
/** Its box jitters by a pixel or two, as detectors' boxes do. */
const car = (random: () => number, x = 300, score = 0.8): Sighting => {
  const { label, box } = object("car", x);
  return {
    label,
    score,
    box: { ...box, x: box.x + 2 * random() - 1, y: box.y + 2 * random() - 1, width: 120 },
  };
};

/** Plays frames, two a second; each shows what the function gives for its time in seconds. */
async function play(
  seconds: number,
  show: (second: number, random: () => number) => Sighting[],
  options: ConstructorParameters<typeof Scene>[0] = {},
): Promise<Scene> {
  const scene = new Scene({ ...defaults, ...options });
  const random = seededRandom(11);
  for (let frame = 0; frame < 2 * seconds; frame++) await scene.frame(show(frame / 2, random), { wait: 0.5 });
  await settled();
  return scene;
}
const countOf = (scene: Scene, state: string): number => scene.states.filter((one) => one === state).length;

describe("a parked car", () => {
  it("is one event for an hour in which the detector sees it in a third of the frames, at random", async () => {
    const scene = await play(3600, (_, random) => (random() < 0.33 ? [car(random)] : []));
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 0]);
  });

  it("is one event when it is lost for longer than an event outlives, again and again from the beginning", async () => {
    const scene = await play(900, (second, random) => (second % 9 < 2 ? [car(random)] : []));
    assert.equal(countOf(scene, "start"), 1);
  });

  it("is one event when its score falls below the minimum for long", async () => {
    const scene = await play(600, (second, random) => [
      car(random, 300, second < 30 || second % 60 < 2 ? 0.8 : 0.3),
    ]);
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 0]);
  });

  it("keeps its id however long it flickers", async () => {
    const scene = await play(1800, (second, random) => (second < 30 || random() < 0.2 ? [car(random)] : []));
    assert.deepEqual(
      new Set(scene.events.flatMap(({ targets }) => targets.map(({ id }) => id))),
      new Set([1]),
    );
  });

  it("ends its event soon after it drove away", async () => {
    const scene = await play(72, (second, random) =>
      second < 60 ? [car(random)] : second < 64 ? [car(random, 300 + 80 * (second - 59.5))] : [],
    );
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 1]);
  });

  it("ends its event when it is forgotten, where nobody saw it leave", async () => {
    const scene = await play(200, (second, random) => (second < 30 ? [car(random)] : []));
    const end = scene.events.find(({ state }) => state === "end");
    const start = scene.events[0];
    assert.ok(end && start);
    // Seen last at 29.5 s, where it has been since 0 s: remembered for as long.
    assert.equal(scene.states.at(-1), "end");
    assert.equal((Date.parse(end.time) - Date.parse(start.time)) / 1000, 59 - 1);
  });

  it("is forgotten by the clock as well when no frame comes any more", async () => {
    const scene = await play(30, (_, random) => [car(random)]);
    scene.clock.advance(28);
    await settled();
    assert.equal(countOf(scene, "end"), 0);
    scene.clock.advance(2);
    await settled();
    assert.equal(countOf(scene, "end"), 1);
    assert.equal(scene.clock.pending, 0);
  });

  it("is remembered for as long as was set", async () => {
    const lost = (second: number): boolean => second >= 25 && second < 45;
    const show = (second: number, random: () => number): Sighting[] => (lost(second) ? [] : [car(random)]);
    assert.equal(countOf(await play(100, show, { trackSeconds: 10 }), "start"), 1);
    assert.equal(countOf(await play(100, show, { trackSeconds: 1 }), "start"), 2);
  });

  it("does not hide another car that comes to another place", async () => {
    const scene = await play(120, (second, random) => [
      ...(second % 9 < 2 ? [car(random)] : []),
      ...(second > 80 ? [car(random, 500)] : []),
    ]);
    assert.equal(countOf(scene, "start"), 2);
  });
});

describe("one after the other at the same place", () => {
  it("are an event each once the one before is forgotten, however few images come in between", async () => {
    const scene = new Scene({ labels: ["person"], hits: 1, window: 1, cooldown: 30, endAfter: 5 });
    for (let minute = 0; minute < 16; minute++)
      await scene.frame(minute % 3 === 0 ? [object("person", 300)] : [], { wait: 60 });
    await settled();
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [6, 6]);
  });
});
