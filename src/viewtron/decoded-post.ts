import type { CommonEvent } from "../events";
import type { XmlElement } from "./element";
import type { XmlDocument } from "./xml";

/** A post taken apart, with what all of its events share. */
export interface DecodedPost {
  root: XmlElement;
  blob: XmlDocument["blob"];
  /** Bytes of the body. */
  size: number;
  /** Everything of an event but what is special to its kind. */
  base: Pick<CommonEvent, "source" | "time" | "receivedTime" | "device" | "channel" | "details">;
  /** `<device>/<channel>`, what the ids of events begin with. */
  key: string;
}
