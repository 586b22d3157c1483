import { SurveillanceError, toError, type ErrorCode } from "../../core/errors";
import { clockAhead } from "../request/clock-skew";
import type { HcpClient } from "../request/client";
import type { ConnectionProblem, ConnectionReport } from "./reports";
import { HcpError } from "../request/hcp-error";
import { operationOf } from "../request/operation-request";

/** A larger difference is reported even if the request succeeded. */
const SKEW_MS = 60_000;

const problems: Partial<Record<ErrorCode, ConnectionProblem>> = {
  CONFIG_INVALID: "settings",
  HOST_UNKNOWN: "dns",
  CONNECTION_REFUSED: "unreachable",
  CONNECTION_LOST: "unreachable",
  TIMEOUT: "unreachable",
  TLS_FAILED: "tls",
  HCP_NOT_FOUND: "path",
  HCP_AUTH: "key",
  HCP_SIGNATURE: "signature",
  HCP_FORBIDDEN: "permission",
};

/** Requests the version of a server (guide, 5.1.1) and reports the problem if that fails. Never throws. */
export async function testConnection(
  client: Pick<HcpClient, "call">,
  now: () => number = Date.now,
): Promise<ConnectionReport> {
  try {
    const { data, durationMs, date } = await client.call(operationOf("common/version"));
    const { produceName, softVersion } = (data ?? {}) as Record<string, unknown>;
    const ahead = clockAhead(date, now(), SKEW_MS);
    return {
      ok: true,
      product: typeof produceName === "string" ? produceName : "",
      version: typeof softVersion === "string" ? softVersion : "",
      durationMs,
      ...(ahead !== 0 && { clockAheadSeconds: Math.round(ahead / 1000) }),
    };
  } catch (thrown) {
    return problemOf(thrown, now);
  }
}

/** Returns the problem by what a person has to check. */
export function problemOf(thrown: unknown, now: () => number = Date.now): ConnectionReport {
  const error = toError(thrown);
  const { message } = error;
  const code = error instanceof SurveillanceError ? error.code : undefined;
  const refused = code === "HCP_AUTH" || code === "HCP_SIGNATURE";
  if (refused && error instanceof HcpError && clockAhead(error.date, now()) !== 0) {
    return { ok: false, problem: "clock", code, message };
  }
  return { ok: false, problem: (code && problems[code]) ?? "gateway", code: code ?? "OTHER", message };
}
