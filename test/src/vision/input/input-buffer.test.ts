import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { letterbox } from "../../../../src/vision/input/letterbox";
import { InputBuffer, type InputType, type InputStyle } from "../../../../src/vision/input/input-buffer";
import type { RawImage } from "../../../../src/media/frame";

const rgb: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };
const bgr: InputStyle = { order: "bgr", range: "byte", pad: 114, placement: "centre" };

/** Fills a model's input and returns its planes as rows. */
function fill(
  image: RawImage,
  { style = bgr, type = "float32" }: { style?: InputStyle; type?: InputType } = {},
): number[][] {
  const side = 4;
  const size = { width: side, height: side };
  const buffer = new InputBuffer(type, size, style);
  buffer.fill(image, letterbox(image, size, "centre"));
  const values = Array.from(buffer.data);
  return [0, 1, 2].map((plane) => values.slice(plane * side * side, (plane + 1) * side * side));
}

const image = (width: number, height: number, pixels: number[], channels = 3): RawImage => ({
  data: Buffer.from(pixels),
  width,
  height,
  channels,
});

describe("InputBuffer", () => {
  // Two pixels high, so that it fits into four lines without resampling.
  const wide = image(4, 2, [
    ...[10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 23, 33],
    ...[14, 24, 34, 15, 25, 35, 16, 26, 36, 17, 27, 37],
  ]);
  const border = [114, 114, 114, 114];

  it("writes the colours to planes, between borders of grey 114", () => {
    assert.deepEqual(fill(wide, { style: { ...bgr, order: "rgb" } }), [
      [...border, 10, 11, 12, 13, 14, 15, 16, 17, ...border],
      [...border, 20, 21, 22, 23, 24, 25, 26, 27, ...border],
      [...border, 30, 31, 32, 33, 34, 35, 36, 37, ...border],
    ]);
  });

  it("swaps red and blue for a model with OpenCV's order", () => {
    const [first, , third] = fill(wide);
    assert.deepEqual(first?.slice(4, 8), [30, 31, 32, 33]);
    assert.deepEqual(third?.slice(4, 8), [10, 11, 12, 13]);
  });

  it("scales to 0..1", () => {
    const [red] = fill(image(4, 4, Array<number>(48).fill(51)), { style: rgb });
    assert.deepEqual(red, Array.from(new Float32Array(16).fill(0.2)));
  });

  it("writes float16 as bits, and bytes unchanged", () => {
    const white = image(4, 4, Array<number>(48).fill(255));
    assert.equal(fill(white, { style: rgb, type: "float16" })[0]?.[0], 0x3c00);
    const fifth = image(4, 4, Array<number>(48).fill(51));
    assert.equal(fill(fifth, { style: rgb, type: "float16" })[0]?.[0], 0x3266);
    assert.equal(fill(fifth, { style: rgb, type: "uint8" })[0]?.[0], 51);
  });

  it("ignores alpha and copies grey to all planes", () => {
    const alpha = image(4, 4, Array.from({ length: 16 }, () => [1, 2, 3, 255]).flat(), 4);
    assert.deepEqual(
      fill(alpha, { style: { ...bgr, order: "rgb" } }).map(([value]) => value),
      [1, 2, 3],
    );
    const grey = image(4, 4, Array<number>(16).fill(77), 1);
    assert.deepEqual(
      fill(grey).map(([value]) => value),
      [77, 77, 77],
    );
  });

  it("resamples bilinearly around the pixels' centres, as OpenCV does", () => {
    // cv2.resize([[0, 100]], (4, 1)) returns 0, 25, 75, 100.
    const [blue] = fill(
      image(
        2,
        2,
        [0, 100, 0, 100].flatMap((value) => [value, value, value]),
      ),
    );
    assert.deepEqual(blue?.slice(0, 4), [0, 25, 75, 100]);
    assert.deepEqual(blue.slice(12), [0, 25, 75, 100]);
  });

  it("shrinks an image to the mean of the two nearest pixels", () => {
    const pixels = Array.from({ length: 64 }, (_, index) => [0, 0, 0].fill((index % 8) * 10)).flat();
    assert.deepEqual(fill(image(8, 8, pixels))[0]?.slice(0, 4), [5, 25, 45, 65]);
  });

  it("redraws the border for an image of another shape", () => {
    const size = { width: 4, height: 4 };
    const buffer = new InputBuffer("float32", size, bgr);
    const high = image(2, 4, Array<number>(24).fill(9));
    for (const each of [wide, high]) buffer.fill(each, letterbox(each, size, "centre"));
    assert.deepEqual(Array.from(buffer.data.slice(0, 8)), [114, 9, 9, 114, 114, 9, 9, 114]);
  });
});
