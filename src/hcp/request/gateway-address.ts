import { SurveillanceError } from "../../core/errors";
import { DEFAULT_CONTEXT_PATH } from "../defaults";

export interface GatewayAddress {
  /** `https://host:port` */
  origin: string;
  host: string;
  /** `/artemis`; empty where the operations lie at the root. */
  contextPath: string;
}

/** @throws {SurveillanceError} CONFIG_INVALID when the address is none of an HTTP server */
export function gatewayAddress(url: string, contextPath = DEFAULT_CONTEXT_PATH): GatewayAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    // The address itself is not repeated: somebody may have typed a password into it.
    throw new SurveillanceError("CONFIG_INVALID", "The server's address is not an http:// or https:// URL.", {
      advice: "It looks like https://10.0.0.5:443.",
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
 * The full path of an operation. The guide writes them with `/artemis`; both `/artemis/api/…` and `/api/…` reach the
 * gateway at its own context path.
 *
 * @throws {SurveillanceError} CONFIG_INVALID when it does not begin with a slash
 */
export function operationPath(path: string, contextPath: string): string {
  if (!path.startsWith("/")) {
    throw new SurveillanceError("CONFIG_INVALID", `The path "${path}" must begin with a slash.`, {
      advice: "It looks like /api/common/v1/version.",
    });
  }
  if (contextPath === "" || path.startsWith(`${contextPath}/`)) return path;
  const documented = `${DEFAULT_CONTEXT_PATH}/`;
  return contextPath + (path.startsWith(documented) ? path.slice(DEFAULT_CONTEXT_PATH.length) : path);
}
