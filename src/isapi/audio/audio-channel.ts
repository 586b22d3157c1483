import { SurveillanceError } from "../../core/errors";
import { numberOf, textOf } from "../record";

export interface AudioChannel {
  id: string;
  enabled?: boolean;
  /** As the device names it: `G.711ulaw`, `G.711alaw`, `AAC`, … */
  codec?: string;
  /** 0 to 100 */
  speakerVolume?: number;
  microphoneVolume?: number;
}

/** The codings that a clip can be brought into, and what ffmpeg calls their raw form. */
export const codings: Record<Coding, { format: string; silence: number }> = {
  "G.711ulaw": { format: "mulaw", silence: 0xff },
  "G.711alaw": { format: "alaw", silence: 0xd5 },
};

export type Coding = "G.711ulaw" | "G.711alaw";

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
export function codingOf({ id, codec }: AudioChannel, where: string): Coding {
  if (codec === "G.711ulaw" || codec === "G.711alaw") return codec;
  throw new SurveillanceError(
    "ISAPI_AUDIO_CODEC",
    `Audio channel ${id} at ${where} is set to ${codec ?? "an unknown coding"}, not to G.711.`,
    { advice: "Set the device's audio encoding to G.711ulaw or G.711alaw." },
  );
}
