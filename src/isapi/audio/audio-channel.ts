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

/** ffmpeg's name of their raw format, and the byte that is silence. */
export const codecs: Record<Codec, { format: string; silence: number }> = {
  "G.711ulaw": { format: "mulaw", silence: 0xff },
  "G.711alaw": { format: "alaw", silence: 0xd5 },
};

/** @param fields a `TwoWayAudioChannel` */
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

/** @throws {SurveillanceError} ISAPI_AUDIO_CODEC */
export function codecOf({ id, codec }: AudioChannel, where: string): Codec {
  if (codec === "G.711ulaw" || codec === "G.711alaw") return codec;
  throw new SurveillanceError(
    "ISAPI_AUDIO_CODEC",
    `Audio channel ${id} at ${where} is set to ${codec ?? "an unknown codec"}, not to G.711.`,
    { advice: "Set the device's audio encoding to G.711ulaw or G.711alaw." },
  );
}
