import type { CommonEvent, CommonEventType } from "../../events";
import type { Change } from "./camera-rule";
import type { EncodedImage } from "../image";
import type { ImageSize } from "../../media/frame";

/** Where a frame comes from. */
export interface FrameContext {
  /** State is kept by this name. */
  camera: string;
  /** The camera's channel at its recorder, where the message said so. */
  channel?: string | undefined;
  /** Pixels */
  size?: ImageSize;
  /** Frames that the detector has left out so far, because it was busy. */
  dropped?: number | undefined;
}

/** All that an event says beside what happened. */
export interface EventContext {
  type: CommonEventType;
  /** Frames that hits are counted in. */
  window: number;
  context: FrameContext;
  /** ISO 8601 with offset: of the frame that made the change. */
  time: string;
  /** ISO 8601 */
  receivedTime: string;
  image: EncodedImage | undefined;
}

/** The common event that reports a change. */
export function eventOf(change: Change, about: EventContext): CommonEvent {
  const { state, id, label, zone, hits, objects } = change;
  const { type, window, context, time, receivedTime, image } = about;
  const { camera, channel, size, dropped } = context;
  return {
    source: "detection",
    type,
    vendorType: label,
    state,
    id,
    time,
    receivedTime,
    device: { name: camera },
    // A camera of its own is the first channel of itself, as everywhere in video surveillance.
    channel: { id: channel ?? "1" },
    description: zone === undefined ? label : `${label} in ${zone}`,
    targets: objects.map((object) => ({ ...object })),
    images: image === undefined ? [] : [{ kind: "overview", ...image, ...size }],
    details: {
      ...(zone === undefined ? {} : { zone }),
      hits,
      window,
      ...(dropped === undefined ? {} : { dropped }),
    },
  };
}
