import { choice, flag, number, reference, text } from "../kit/option-kinds";

export const options = {
  url: text("", { required: true, pattern: /^(https?:\/\/)?[^\s/@]+\/?$/i }),
  auth: choice("auto", ["auto", "digest", "basic"]),
  tls: reference("tls-config", false),
  verifyTls: flag(true),
  fingerprint: text("", { pattern: /^([^0-9a-f]*([0-9a-f][^0-9a-f]*){64})?$/i }),
  /** Seconds */
  timeout: number(10, { min: 0.1, max: 600 }),
};
