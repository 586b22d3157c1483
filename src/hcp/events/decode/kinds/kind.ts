import type { CommonEvent } from "../../../../events";
import type { EventMessage } from "../envelope";

/** The parts of the common event that come from the `data` of an event. */
export interface Decoded extends Partial<Pick<CommonEvent, "targets" | "images">> {
  /** Addresses on the platform at which images can be fetched. */
  imageAddresses?: ImageAddress[];
}

export interface ImageAddress {
  kind: CommonEvent["images"][number]["kind"];
  /** The store of the platform that has the image; absent if the address is a complete URL. */
  store?: "access" | "vehicle" | "event";
  uri: string;
}

/** One of the message kinds of the guide's appendix A.2: nothing in a message names its kind. */
export interface MessageKind {
  matches: (message: EventMessage) => boolean;
  decode: (message: EventMessage) => Decoded;
}
