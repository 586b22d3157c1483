import { HcpError } from "../hcp-error";

/** These may be gone the next time, or concern more than the one request. */
const passing: readonly string[] = ["HCP_BUSY", "HCP_RATE_LIMITED", "HCP_REPLY", "HCP_SIGNATURE", "HCP_AUTH"];

/** Whether the platform has understood a request and does not do it: the same one would be refused again. */
export function isLastingRefusal(error: unknown): error is HcpError {
  return error instanceof HcpError && !passing.includes(error.code);
}
