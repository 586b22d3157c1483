import { choice, number, reference, text } from "../kit/option-kinds";

const pixels = { min: 16, max: 16_384, whole: true } as const;

export const options = {
  device: reference("isapi-config"),
  channel: text("101", { pattern: /^\d{1,5}$/ }),
  /** The stream of a channel below 100. A number such as 101 contains the stream. */
  stream: choice("main", ["main", "sub", "third"]),
  width: number("", pixels),
  height: number("", pixels),
};
