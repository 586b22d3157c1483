import type { CommonEvent, CommonEventType } from "../../events";
import type { Change } from "./camera-rule";
import type { EncodedImage } from "../image";
import type { ImageSize } from "../../media/frame";

/** The origin of a frame. */
export interface FrameContext {
  /** The name under which the camera's state is kept. */
  camera: string;
  /** The camera's channel at its recorder, if the message contains it. */
  channel?: string | undefined;
  /** Pixels */
  size?: ImageSize;
  /** The number of frames that the detector has dropped so far, because it was busy. */
  dropped?: number | undefined;
}

/** The properties of an event apart from its change. */
export interface EventContext {
  type: CommonEventType;
  /** The number of frames in which hits are counted. */
  window: number;
  context: FrameContext;
  /** The time of the frame that caused the change, ISO 8601 with offset. */
  time: string;
  /** ISO 8601 */
  receivedTime: string;
  image: EncodedImage | undefined;
}

/** Returns the common event of a change. */
export function eventOf(change: Change, event: EventContext): CommonEvent {
  const { state, id, label, zone, hits, objects } = change;
  const { type, window, context, time, receivedTime, image } = event;
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
    // A camera without a recorder has one channel, with the usual id 1.
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
