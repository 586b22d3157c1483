import type { ImageSize, RawImage } from "../../media/frame";

type ProbeImage = (size: ImageSize) => RawImage;

/**
 * Images for the test runs of a model. Black images would not work: a model may return the same for all their cells.
 * The coloured clouds are most like a photograph. The noise and the bars add the details that the clouds lack.
 */
export const probeImages: readonly [ProbeImage, ...ProbeImage[]] = [
  () => noise({ width: 12, height: 12 }),
  (size) => noise(size),
  (size) => bars(size),
];

/** Returns the same noise every time, so that the result for a model is always the same. */
function noise({ width, height }: ImageSize): RawImage {
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let index = 0; index < data.length; index++) {
    // The linear congruential generator of Numerical Recipes. Its upper bits are the random ones.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[index] = state >>> 24;
  }
  return { data, width, height, channels: 3 };
}

function bars({ width, height }: ImageSize): RawImage {
  const data = Buffer.alloc(width * height * 3);
  for (let index = 0; index < data.length; index++) data[index] = (index / 3) % 40 < 12 ? 230 : 40;
  return { data, width, height, channels: 3 };
}
