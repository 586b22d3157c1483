import type { ImageSize, RawImage } from "../../media/frame";

/**
 * Images to try a model with. Black ones would not do: a model may well answer the same for every cell of them.
 * Coloured clouds look most like a photograph, the noise and the bars have every detail that the first lacks.
 */
export const probeImages: readonly ((size: ImageSize) => RawImage)[] = [
  () => noise({ width: 12, height: 12 }),
  (size) => noise(size),
  (size) => bars(size),
];

/** The same every time, so that a model is not refused on one day and taken on the next. */
function noise({ width, height }: ImageSize): RawImage {
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let index = 0; index < data.length; index++) {
    // Numerical Recipes' linear congruential generator; its upper bits are the good ones.
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
