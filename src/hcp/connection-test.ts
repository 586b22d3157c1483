import { SurveillanceError, toError, type ErrorCode } from "../errors";
import type { HcpClient } from "./client";
import type { ConnectionProblem, ConnectionReport } from "./connection-report";
import { HcpError } from "./hcp-error";
import { operationOf } from "./operation-request";

/** Gateways refuse requests whose time is off; by how much is not documented. */
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

/** Asks a server for its version (guide, 5.1.1) and tells what is wrong where that fails. Never throws. */
export async function testConnection(
  client: Pick<HcpClient, "call">,
  now: () => number = Date.now,
): Promise<ConnectionReport> {
  const ahead = (date = ""): number => {
    const serverTime = Date.parse(date);
    return Number.isNaN(serverTime) ? 0 : now() - serverTime;
  };
  try {
    const { data, durationMs, date } = await client.call(operationOf("common/version"));
    const { produceName, softVersion } = (data ?? {}) as Record<string, unknown>;
    const skew = ahead(date);
    return {
      ok: true,
      product: typeof produceName === "string" ? produceName : "",
      version: typeof softVersion === "string" ? softVersion : "",
      durationMs,
      ...(Math.abs(skew) > SKEW_MS && { clockAheadSeconds: Math.round(skew / 1000) }),
    };
  } catch (thrown) {
    const skew = ahead(thrown instanceof HcpError ? thrown.date : undefined);
    return problemOf(thrown, skew);
  }
}

/** @param skewMs by how much this machine's clock is ahead of the server's */
export function problemOf(thrown: unknown, skewMs = 0): ConnectionReport {
  const error = toError(thrown);
  const code = error instanceof SurveillanceError ? error.code : undefined;
  const refused = code === "HCP_AUTH" || code === "HCP_SIGNATURE";
  if (refused && Math.abs(skewMs) > SKEW_MS) {
    const minutes = Math.round(Math.abs(skewMs) / 60_000);
    const message = `This machine's clock is ${minutes} min ${skewMs > 0 ? "ahead of" : "behind"} the server's. ${error.message}`;
    return { ok: false, problem: "clock", code, message };
  }
  const problem = (code && problems[code]) ?? "gateway";
  return { ok: false, problem, code: code ?? "OTHER", message: error.message };
}
