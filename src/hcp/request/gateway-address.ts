import { SurveillanceError } from "../../core/errors";
import { DEFAULT_CONTEXT_PATH } from "../defaults";

export interface GatewayAddress {
  /** `https://host:port` */
  origin: string;
  host: string;
  /** `/artemis`; empty if the operations are at the root. */
  contextPath: string;
}

/**
 * Parses the address of a gateway.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the address is not an HTTP URL
 */
export function gatewayAddress(url: string, contextPath = DEFAULT_CONTEXT_PATH): GatewayAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    // The message does not repeat the address, because it may contain a password.
    throw new SurveillanceError("CONFIG_INVALID", "The server address is not an http:// or https:// URL.", {
      advice: "Example: https://10.0.0.5:443.",
    });
  }
  const context = `/${contextPath.replace(/^\/+|\/+$/g, "")}`;
  return {
    origin: parsed.origin,
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    contextPath: context === "/" ? "" : context,
  };
}

/**
 * Returns the full path of an operation. The guide writes paths with `/artemis`. Both `/artemis/api/…` and `/api/…`
 * reach the gateway at its own context path.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the path does not begin with a slash
 */
export function operationPath(path: string, contextPath: string): string {
  if (!path.startsWith("/")) {
    throw new SurveillanceError("CONFIG_INVALID", `The path "${path}" must begin with a slash.`, {
      advice: "Example: /api/common/v1/version.",
    });
  }
  if (contextPath === "" || path.startsWith(`${contextPath}/`)) return path;
  const documented = `${DEFAULT_CONTEXT_PATH}/`;
  return contextPath + (path.startsWith(documented) ? path.slice(DEFAULT_CONTEXT_PATH.length) : path);
}
