import type { CommonEventType } from "./event-types";

export type EventSource = "hcp" | "isapi" | "viewtron" | "detection";

/** `pulse` is an event without duration. The other states are those of one occurrence, in their order. */
export type EventState = "start" | "update" | "end" | "pulse";

/** In fractions of the image (0..1); the origin is the top left corner. */
export interface NormalisedBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface EventTarget {
  label: string;
  id?: string | number;
  /** 0..1 */
  score?: number;
  box?: NormalisedBox;
  /** Always text: `0012345` and `12E4567` are plates, not numbers. */
  plate?: string;
  attributes?: Record<string, unknown>;
}

export interface EventImage {
  kind: "overview" | "target" | "plate" | "face";
  mimeType: string;
  data?: Buffer;
  url?: string;
  /** Pixels */
  width?: number;
  /** Pixels */
  height?: number;
}

/** The payload of every event source, the same for all vendors. A field that the vendor did not send is absent. */
export interface CommonEvent {
  source: EventSource;
  type: CommonEventType;
  /** The vendor's own name or code, verbatim. */
  vendorType: string | number;
  state: EventState;
  /** Identical from the start to the end of one occurrence. */
  id: string;
  /** ISO 8601 with offset: the time of the event. */
  time: string;
  /** ISO 8601: the time of arrival. */
  receivedTime: string;
  device: { id?: string; name?: string; host?: string; mac?: string; serial?: string };
  channel: { id: string; name?: string };
  description?: string;
  targets: EventTarget[];
  images: EventImage[];
  /** The vendor's own fields, parsed; text kept as text. */
  details: Record<string, unknown>;
}

/** Clamps a box to the image (0..1): vendors report boxes that extend beyond it. */
export function clampBox(box: NormalisedBox): NormalisedBox {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  const x = clamp(box.x);
  const y = clamp(box.y);
  return { x, y, width: clamp(box.x + box.width) - x, height: clamp(box.y + box.height) - y };
}
