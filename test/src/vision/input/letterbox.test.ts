import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { letterbox, toImageBox, type Placement } from "../../../../src/vision/input/letterbox";

const input = { width: 640, height: 640 };

describe("letterbox", () => {
  it("centres the image between borders, with the odd pixel after it", () => {
    assert.deepEqual(letterbox({ width: 1920, height: 1080 }, input, "centre"), {
      width: 640,
      height: 360,
      left: 0,
      top: 140,
      scale: 1 / 3,
    });
    // 640 - 427 leaves 213: 106 before, 107 after.
    const odd = letterbox({ width: 1280, height: 853 }, input, "centre");
    assert.deepEqual([odd.width, odd.height, odd.left, odd.top], [640, 427, 0, 106]);
  });

  it("puts the image into the top left corner and rounds down for YOLOX", () => {
    const fit = letterbox({ width: 1280, height: 853 }, { width: 416, height: 416 }, "topLeft");
    assert.deepEqual([fit.width, fit.height, fit.left, fit.top], [416, 277, 0, 0]);
  });

  it("loses no pixel to rounding if the image fills the input", () => {
    for (let width = 1; width < 4000; width++) {
      const fit = letterbox({ width, height: 1 }, { width: 416, height: 416 }, "topLeft");
      assert.equal(fit.width, 416);
    }
  });

  it("enlarges a small image", () => {
    const fit = letterbox({ width: 320, height: 240 }, input, "centre");
    assert.deepEqual([fit.width, fit.height, fit.scale], [640, 480, 2]);
  });

  it("keeps at least one pixel of a line", () => {
    assert.equal(letterbox({ width: 5000, height: 1 }, input, "centre").height, 1);
  });

  for (const placement of ["centre", "topLeft"] satisfies Placement[]) {
    for (const image of [
      { width: 1920, height: 1080 },
      { width: 641, height: 479 },
      { width: 37, height: 1001 },
    ]) {
      it(`converts boxes of ${image.width} x ${image.height} to the input and back (${placement})`, () => {
        const fit = letterbox(image, input, placement);
        const box = { x: 3.25, y: 5.5, width: image.width / 2, height: image.height / 3 };
        const back = toImageBox(
          {
            x1: box.x * fit.scale + fit.left,
            y1: box.y * fit.scale + fit.top,
            x2: (box.x + box.width) * fit.scale + fit.left,
            y2: (box.y + box.height) * fit.scale + fit.top,
          },
          fit,
          image,
        );
        for (const side of ["x", "y", "width", "height"] as const)
          assert.ok(Math.abs((back?.[side] ?? NaN) - box[side]) < 1e-9, side);
      });
    }
  }

  const image = { width: 1920, height: 1080 };
  const fit = letterbox(image, input, "centre");
  const candidate = (x1: number, y1: number, x2: number, y2: number): ReturnType<typeof toImageBox> =>
    toImageBox({ x1, y1, x2, y2 }, fit, image);

  it("clips boxes to the edges of the image", () => {
    const box = candidate(-10, 130, 650, 510);
    assert.deepEqual(box, { x: 0, y: 0, width: 1920, height: 1080 });
  });

  it("drops boxes in the border, without an area, and with NaN", () => {
    assert.equal(candidate(100, 0, 200, 139), undefined);
    assert.equal(candidate(100, 200, 100, 300), undefined);
    assert.equal(candidate(NaN, 200, 100, 300), undefined);
  });
});
