import type { Sighting } from "../../../../src/vision/rules/sightings";
import assert from "node:assert/strict";
import { object, Scene, settled } from "../../../support/rule-scene";
import { seededRandom } from "../../../support/seeded-random";

const defaults = { labels: ["car"], hits: 3, window: 5, cooldown: 30, endAfter: 5 };
/** A box that jitters by a pixel or two, like the boxes of detectors. */
const car = (random: () => number, x = 300, score = 0.8): Sighting => {
  const { label, box } = object("car", x);
  return {
    label,
    score,
    box: { ...box, x: box.x + 2 * random() - 1, y: box.y + 2 * random() - 1, width: 120 },
  };
};

/** Plays two frames per second. The function returns the objects of a frame by its time in seconds. */
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
  it("is one event in an hour in which the detector finds it in a third of the frames, at random", async () => {
    const scene = await play(3600, (_, random) => (random() < 0.33 ? [car(random)] : []));
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 0]);
  });

  it("is one event if it is repeatedly lost for longer than the end of an event, from the beginning", async () => {
    const scene = await play(900, (second, random) => (second % 9 < 2 ? [car(random)] : []));
    assert.equal(countOf(scene, "start"), 1);
  });

  it("is one event if its score is below the minimum for a long time", async () => {
    const scene = await play(600, (second, random) => [
      car(random, 300, second < 30 || second % 60 < 2 ? 0.8 : 0.3),
    ]);
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 0]);
  });

  it("keeps its id while it flickers", async () => {
    const scene = await play(1800, (second, random) => (second < 30 || random() < 0.2 ? [car(random)] : []));
    assert.deepEqual(
      new Set(scene.events.flatMap(({ targets }) => targets.map(({ id }) => id))),
      new Set([1]),
    );
  });

  it("ends its event soon after it drives away", async () => {
    const scene = await play(72, (second, random) =>
      second < 60 ? [car(random)] : second < 64 ? [car(random, 300 + 80 * (second - 59.5))] : [],
    );
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [1, 1]);
  });

  it("ends its event when it is forgotten, if no frame shows it leaving", async () => {
    const scene = await play(200, (second, random) => (second < 30 ? [car(random)] : []));
    const end = scene.events.find(({ state }) => state === "end");
    const start = scene.events[0];
    assert.ok(end && start);
    // Last seen at 29.5 s at its place since 0 s, so it is remembered for 29.5 s.
    assert.equal(scene.states.at(-1), "end");
    assert.equal((Date.parse(end.time) - Date.parse(start.time)) / 1000, 59 - 1);
  });

  it("is forgotten by the wall clock if no more frames arrive", async () => {
    const scene = await play(30, (_, random) => [car(random)]);
    scene.clock.advance(28);
    await settled();
    assert.equal(countOf(scene, "end"), 0);
    scene.clock.advance(2);
    await settled();
    assert.equal(countOf(scene, "end"), 1);
    assert.equal(scene.clock.pending, 0);
  });

  it("is remembered for the configured time", async () => {
    const lost = (second: number): boolean => second >= 25 && second < 45;
    const show = (second: number, random: () => number): Sighting[] => (lost(second) ? [] : [car(random)]);
    assert.equal(countOf(await play(100, show, { trackSeconds: 10 }), "start"), 1);
    assert.equal(countOf(await play(100, show, { trackSeconds: 1 }), "start"), 2);
  });

  it("does not hide another car at another place", async () => {
    const scene = await play(120, (second, random) => [
      ...(second % 9 < 2 ? [car(random)] : []),
      ...(second > 80 ? [car(random, 500)] : []),
    ]);
    assert.equal(countOf(scene, "start"), 2);
  });
});

describe("two cars at the same place, one after the other", () => {
  it("are one event each if the first one is forgotten, even at a low frame rate", async () => {
    const scene = new Scene({ labels: ["person"], hits: 1, window: 1, cooldown: 30, endAfter: 5 });
    for (let minute = 0; minute < 16; minute++)
      await scene.frame(minute % 3 === 0 ? [object("person", 300)] : [], { wait: 60 });
    await settled();
    assert.deepEqual([countOf(scene, "start"), countOf(scene, "end")], [6, 6]);
  });
});
