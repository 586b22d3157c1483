import type { EventMessage } from "../envelope";
import { textOf } from "../../../values";
import { access } from "./access";
import { face } from "./face";
import { healthcare } from "./healthcare";
import type { Decoded, MessageKind } from "./kind";
import { mobile } from "./mobile";
import { plate } from "./plate";

export type { Decoded, ImageAddress } from "./kind";

/** The kinds with the most certain signs come first. */
const kinds: readonly MessageKind[] = [face, mobile, healthcare, access, plate];

/** Messages that the guide does not document (cameras, devices, alarm inputs). They may still name an image. */
const other: MessageKind = {
  matches: () => true,
  decode: ({ data, fields }) => {
    const uri = textOf(data.eventPicUri ?? data.picUri ?? fields.eventPicUri);
    return { imageAddresses: uri === undefined ? [] : [{ kind: "overview", store: "event", uri }] };
  },
};

/** Decodes the `data` of a message by the kind of message. */
export function decodeData(message: EventMessage): Decoded {
  return (kinds.find(({ matches }) => matches(message)) ?? other).decode(message);
}
