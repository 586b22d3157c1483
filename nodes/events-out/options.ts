import { storeOptions } from "../events/options";
import { bytes, number, text } from "../kit/option-kinds";

export const options = {
  ...storeOptions,
  /** The subject of common events, with `<source>`, `<device>`, `<channel>`, `<type>` and `<state>`. */
  subject: text("surveillance.<source>.<device>.<channel>.<type>", {
    required: true,
    pattern: /^[^.*<>]+(\.[^.*]+)*$/,
  }),
  maxBytes: bytes("1 GB"),
  /** Seconds within which two messages with one identity are one */
  dedupWindow: number(120, { min: 0, max: 86_400 }),
};
