import {
  DEFAULT_CONCURRENCY,
  DEFAULT_CONTEXT_PATH,
  DEFAULT_PENDING,
  DEFAULT_TIMEOUT,
} from "../../src/hcp/defaults";
import { flag, number, reference, text } from "../kit/option-kinds";

export const options = {
  url: text("", { required: true }),
  contextPath: text(DEFAULT_CONTEXT_PATH),
  userId: text(""),
  tls: reference("tls-config", false),
  verifyTls: flag(true),
  /** Seconds */
  timeout: number(DEFAULT_TIMEOUT, { min: 0.1, max: 600 }),
  concurrency: number(DEFAULT_CONCURRENCY, { min: 1, max: 64, whole: true }),
  pending: number(DEFAULT_PENDING, { min: 1, max: 100_000, whole: true }),
};
