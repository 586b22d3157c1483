import assert from "node:assert/strict";
import { seededRandom } from "../../../support/seeded-random";
import { iou, Tracker } from "../../../../src/vision/rules/tracker";
import type { Sighting } from "../../../../src/vision/rules/sightings";

/** A standing person, 40 x 120 pixels, at the given position of the feet. */
const person = (x: number, y = 400, score = 0.8): Sighting => ({
  label: "person",
  score,
  box: { x: x - 20, y: y - 120, width: 40, height: 120 },
});
const newTracker = (memory = 10): Tracker => new Tracker({ minScore: 0.5, maxMissed: 5, memory });
const footOf = ({ box }: Sighting): number => box.x + box.width / 2;

describe("iou", () => {
  it("is 1 for the same box, 0 for boxes that only touch, and symmetric", () => {
    const box = { x: 10, y: 10, width: 20, height: 20 };
    assert.equal(iou(box, box), 1);
    assert.equal(iou(box, { ...box, x: 30 }), 0);
    const shifted = { ...box, x: 20 };
    assert.equal(iou(box, shifted), 200 / 600);
    assert.equal(iou(shifted, box), 200 / 600);
  });
});

describe("Tracker", () => {
  it("keeps the id of an object that moves a little from frame to frame", () => {
    const tracker = newTracker();
    const ids = Array.from({ length: 20 }, (_, i) => tracker.update([person(100 + 8 * i)], i / 10)[0]?.id);
    assert.deepEqual(new Set(ids), new Set([1]));
  });

  it("keeps the id of a walking person at one frame a second, whose boxes never overlap", () => {
    const tracker = newTracker();
    const ids = Array.from({ length: 6 }, (_, i) => tracker.update([person(100 + 90 * i)], i)[0]?.id);
    assert.deepEqual(new Set(ids), new Set([1]));
  });

  it("assigns a new id to an object at a distant place", () => {
    const tracker = newTracker();
    tracker.update([person(100)], 0);
    assert.equal(tracker.update([person(900)], 1)[0]?.id, 2);
  });

  it("assigns a new id to a near object of a very different size", () => {
    const tracker = newTracker();
    tracker.update([person(100)], 0);
    const far = { label: "person", score: 0.8, box: { x: 140, y: 300, width: 10, height: 30 } };
    assert.equal(tracker.update([far], 1)[0]?.id, 2);
  });

  it("assigns different ids to different labels", () => {
    const tracker = newTracker();
    tracker.update([person(100)], 0);
    assert.equal(tracker.update([{ ...person(100), label: "dog" }], 0.1)[0]?.id, 2);
  });

  it("finds a missed object again at its expected place", () => {
    const tracker = newTracker();
    for (let i = 0; i < 5; i++) tracker.update([person(100 + 30 * i)], i / 5);
    for (let i = 5; i < 9; i++) assert.deepEqual(tracker.update([], i / 5), []);
    assert.equal(tracker.update([person(100 + 30 * 9)], 9 / 5)[0]?.id, 1);
  });

  it("remembers an unseen object for a time, for any number of frames", () => {
    const tracker = newTracker(4);
    tracker.update([person(100)], 0);
    for (let i = 1; i <= 100; i++) tracker.update([], i / 25);
    assert.equal(tracker.tracks.length, 1);
    tracker.update([], 101 / 25);
    assert.deepEqual(tracker.tracks, []);
  });

  it("remembers an object for at least a few frames at a low frame rate", () => {
    const tracker = newTracker(2);
    tracker.update([person(100)], 0);
    for (let i = 1; i <= 5; i++) tracker.update([], 10 * i);
    assert.equal(tracker.tracks.length, 1);
    tracker.update([], 60);
    assert.deepEqual(tracker.tracks, []);
  });

  it("remembers a parked object for as long as it stood, up to six times the normal time", () => {
    const rememberedFor = (stood: number): number => {
      const tracker = newTracker(10);
      for (let i = 0; i <= stood; i++) tracker.update([person(100 + (i % 2))], i);
      let gone = 0;
      while (tracker.tracks.length > 0) tracker.update([], stood + ++gone);
      return gone - 1;
    };
    assert.deepEqual([3, 40, 3600].map(rememberedFor), [10, 40, 60]);
  });

  describe("at two frames per second, with the object hidden for five seconds", () => {
    const hide = (positions: number[], hidden: [from: number, to: number], jitter = 0): Set<number> => {
      const tracker = newTracker();
      const random = seededRandom(7);
      const ids = new Set<number>();
      positions.forEach((x, i) => {
        const isHidden = i >= hidden[0] && i < hidden[1];
        const at = x + jitter * (random() - 0.5);
        for (const { id } of tracker.update(isHidden ? [] : [person(at)], i / 2)) ids.add(id);
      });
      return ids;
    };
    const walk = (steps: number, step: number): number[] =>
      Array.from({ length: steps }, (_, i) => 100 + step * i);

    it("keeps the id of a person who walks on while hidden", () => {
      assert.deepEqual(hide(walk(24, 50), [8, 18], 10), new Set([1]));
    });

    it("keeps the id of a person who waits while hidden", () => {
      const positions = [...walk(8, 25), ...Array<number>(16).fill(300)];
      assert.deepEqual(hide(positions, [8, 18], 10), new Set([1]));
    });

    it("keeps the id of a person who stands there", () => {
      assert.deepEqual(hide(Array<number>(30).fill(100), [10, 20], 10), new Set([1]));
    });
  });

  it("prefers an object that was just seen to one that is only remembered", () => {
    const tracker = newTracker();
    tracker.update([person(100)], 0);
    for (let i = 1; i <= 6; i++) tracker.update([person(400 - 40 * i)], i);
    assert.equal(tracker.update([person(110)], 7)[0]?.id, 2);
  });

  it("keeps the ids of two people who pass each other, even if one hides the other", () => {
    const tracker = newTracker();
    const ids: Record<"right" | "left", Set<number>> = { right: new Set(), left: new Set() };
    for (let i = 0; i <= 20; i++) {
      const right = person(100 + 20 * i, 400);
      const left = person(500 - 20 * i, 410);
      const hidden = Math.abs(footOf(right) - footOf(left)) < 20;
      const seen = tracker.update(hidden ? [left] : [right, left], i / 5);
      for (const track of seen) {
        if (hidden) continue;
        ids[track.box.y === right.box.y ? "right" : "left"].add(track.id);
      }
    }
    assert.equal(ids.right.size, 1);
    assert.equal(ids.left.size, 1);
    assert.notDeepEqual(ids.right, ids.left);
  });

  it("continues a track with a weak sighting, but does not start one", () => {
    const tracker = newTracker();
    assert.deepEqual(tracker.update([person(100, 400, 0.3)], 0), []);
    tracker.update([person(100)], 1);
    assert.equal(tracker.update([person(105, 400, 0.3)], 2)[0]?.id, 1);
  });

  it("limits the number of objects", () => {
    const tracker = newTracker();
    for (let i = 0; i < 20; i++) {
      const crowd = Array.from({ length: 100 }, (_, n) => person(100 * n + 50_000 * i));
      tracker.update(crowd, i / 100);
    }
    assert.equal(tracker.tracks.length, 300);
  });
});
