import { choice, flag, number, reference } from "../kit/option-kinds";

export const options = {
  device: reference("isapi-config"),
  /** The thermal channel of a camera with two lenses is the second one. */
  channel: number(2, { min: 1, max: 9999, whole: true, required: true }),
  mode: choice("realtime", ["realtime", "manual", "image"]),
  raw: flag(false),
};
