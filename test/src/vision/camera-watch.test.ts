import assert from "node:assert/strict";
import { CameraWatch, type ImageMark } from "../../../src/vision/camera-watch";

const hd = { width: 1920, height: 1080 };
const start = Date.UTC(2024, 4, 1);
/** Images with these indexes, a fifth of a second apart. */
const counted = (...indexes: number[]): ImageMark[] =>
  indexes.map((index, i) => ({ ...hd, index, time: new Date(start + 200 * i).toISOString() }));
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
/** Tells whether the name is shared after the last of these images. */
const isShared = (marks: ImageMark[]): boolean => {
  const watch = new CameraWatch();
  return marks.map((mark) => watch.isShared("gate", mark)).at(-1) ?? false;
};
const interleaved = (one: number[], other: number[]): number[] =>
  one.flatMap((index, i) => [index, other[i] ?? 0]);

describe("CameraWatch for two cameras under one name", () => {
  it("detects them by their indexes, which fall back again and again", () => {
    assert.equal(isShared(counted(...interleaved(range(500, 5), range(10, 5)))), true);
  });

  it("detects them if both started at the same moment", () => {
    assert.equal(isShared(counted(...interleaved(range(0, 5), range(0, 5)))), true);
  });

  it("detects them if one sends ten times as many images", () => {
    const indexes = range(0, 6).flatMap((n) => [...range(1000 + 10 * n, 10), n]);
    assert.equal(isShared(counted(...indexes)), true);
  });

  it("detects them by their sizes if images have no index", () => {
    const sizes = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? hd : { width: 640, height: 360 }));
    assert.equal(isShared(sizes), true);
  });

  it("forgets them after one of them gets another name", () => {
    const shared = interleaved(range(500, 5), range(10, 5));
    assert.equal(isShared(counted(...shared, ...range(505, 250))), false);
  });
});

describe("CameraWatch for one camera", () => {
  const single: [what: string, marks: ImageMark[]][] = [
    ["counts up, with gaps", counted(0, 1, 2, 5, 6, 9, 20, 21, 22)],
    ["is restarted now and then", counted(...range(0, 20), ...range(0, 10), ...range(0, 30))],
    [
      "is started for short runs",
      counted(...Array.from({ length: 8 }, (_, run) => range(0, 15 + run)).flat()),
    ],
    ["is started for every image", counted(...Array<number>(50).fill(0))],
    ["sends images out of order", counted(...range(0, 40)).map((mark, i, all) => all[i ^ 1] ?? mark)],
    ["sends each image twice", counted(...range(0, 20)).flatMap((mark) => [mark, mark])],
    ["changes its resolution twice", [hd, hd, { width: 640, height: 360 }, hd, hd, hd]],
    ["sends images without index and size", Array.from({ length: 20 }, () => ({}))],
  ];
  for (const [what, marks] of single)
    it(`reports no second camera if the camera ${what}`, () => {
      const watch = new CameraWatch();
      assert.deepEqual(new Set(marks.map((mark) => watch.isShared("gate", mark))), new Set([false]));
    });
});
