import { bytes, choice, flag, number, text } from "../kit/option-kinds";

export const options = {
  /** Relative to Node-RED's user directory. */
  folder: text("surveillance-archive", { required: true }),
  csv: flag(true),
  csvSeparator: choice(",", [",", ";"]),
  images: flag(true),
  raw: flag(false),
  retainDays: number("", { min: 0.01 }),
  maxBytes: bytes(),
};
