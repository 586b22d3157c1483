import { SurveillanceError } from "../../core/errors";
import { numberOf, textOf } from "../../core/fields";

export interface AudioChannel {
  id: string;
  enabled?: boolean;
  /** As the device names it: `G.711ulaw`, `G.711alaw`, `AAC`, … */
  codec?: string;
  /** 0 to 100 */
  speakerVolume?: number;
  microphoneVolume?: number;
}

/** The codecs that a clip can be converted to. */
export type Codec = "G.711ulaw" | "G.711alaw";

/** The name of each raw format in ffmpeg, and the byte for silence. */
export const codecs: Record<Codec, { format: string; silence: number }> = {
  "G.711ulaw": { format: "mulaw", silence: 0xff },
  "G.711alaw": { format: "alaw", silence: 0xd5 },
};

/** Reads a `TwoWayAudioChannel`; undefined without an id. */
export function readAudioChannel(fields: unknown): AudioChannel | undefined {
  const id = textOf(fields, "id");
  if (id === undefined) return undefined;
  const enabled = textOf(fields, "enabled");
  const codec = textOf(fields, "audioCompressionType");
  const speakerVolume = numberOf(fields, "speakerVolume");
  const microphoneVolume = numberOf(fields, "microphoneVolume");
  return {
    id,
    ...(enabled !== undefined && { enabled: enabled === "true" }),
    ...(codec !== undefined && { codec }),
    ...(speakerVolume !== undefined && { speakerVolume }),
    ...(microphoneVolume !== undefined && { microphoneVolume }),
  };
}

/** Returns the codec of a channel. @throws {SurveillanceError} ISAPI_AUDIO_CODEC if it is not G.711 */
export function codecOf({ id, codec }: AudioChannel, where: string): Codec {
  if (codec === "G.711ulaw" || codec === "G.711alaw") return codec;
  throw new SurveillanceError(
    "ISAPI_AUDIO_CODEC",
    `Audio channel ${id} at ${where} uses ${codec ?? "an unknown codec"}, not G.711.`,
    { advice: "Set the device's audio encoding to G.711ulaw or G.711alaw." },
  );
}
