import { findEventType } from "../../../event-types";
import { definedFields } from "../../../../core/fields";
import { textOf } from "../../../values";
import type { MessageKind } from "./kind";

/** Falls, vital signs and calls for help, with the person and the bed (guide, A.2.6). */
export const healthcare: MessageKind = {
  matches: ({ eventType }) => findEventType(eventType)?.category === "healthcare",
  decode: ({ data }) => {
    const attributes = definedFields<unknown>({
      name: textOf(data.PersonName),
      room: textOf(data.RoomNo),
      bed: textOf(data.BedNo),
    });
    return { targets: Object.keys(attributes).length > 0 ? [{ label: "person", attributes }] : [] };
  },
};
