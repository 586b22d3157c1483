import { choice, flag, number, reference } from "../kit/option-kinds";

export const options = {
  device: reference("isapi-config"),
  /** On a camera with two lenses, the second channel is the thermal one. */
  channel: number(2, { min: 1, max: 9999, whole: true, required: true }),
  mode: choice("realtime", ["realtime", "manual", "image"]),
  raw: flag(false),
};
