import { AUDIO_RATE } from "./tracks";

const FREQUENCY = 440;
const AMPLITUDE = 8000;
const SECOND = Buffer.from(
  Array.from({ length: AUDIO_RATE }, (_, sample) =>
    muLaw(AMPLITUDE * Math.sin((2 * Math.PI * FREQUENCY * sample) / AUDIO_RATE)),
  ),
);

/** Returns the sound of the camera: a constant 440 Hz tone as G.711 µ-law, 8000 samples per second. */
export function tone(firstSample: number, samples: number): Buffer {
  return Buffer.from(
    Array.from({ length: samples }, (_, index) => SECOND[(firstSample + index) % AUDIO_RATE] ?? 0),
  );
}

/** Encodes a sample of 16 bits as µ-law (ITU-T G.711). */
function muLaw(sample: number): number {
  const magnitude = Math.min(32_635, Math.abs(Math.round(sample))) + 132;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}
