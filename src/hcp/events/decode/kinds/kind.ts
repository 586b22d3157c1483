import type { CommonEvent } from "../../../../events";
import type { EventMessage } from "../envelope";

/** What the `data` of an event adds to the common event. */
export interface Decoded extends Partial<Pick<CommonEvent, "targets" | "images">> {
  /** Addresses on the platform at which images can be fetched. */
  imageAddresses?: ImageAddress[];
}

export interface ImageAddress {
  kind: CommonEvent["images"][number]["kind"];
  /** Which of the platform's stores the address is in; absent for an address that is a URL of its own. */
  store?: "access" | "vehicle" | "event";
  uri: string;
}

/** One of the message kinds of the guide's appendix A.2: nothing in a message names its kind. */
export interface MessageKind {
  matches: (message: EventMessage) => boolean;
  decode: (message: EventMessage) => Decoded;
}
