import { SurveillanceError } from "../../core/errors";

/**
 * Parses a device's URL. All requests to the device use its scheme, host and port.
 *
 * @param text `http://camera:8080`; without a scheme it is plain HTTP
 * @throws {SurveillanceError} CONFIG_INVALID; its message does not contain the URL, which may contain a password
 */
export function deviceOrigin(text: string): URL {
  const trimmed = text.trim();
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(absolute) ? new URL(absolute) : null;
  const fault =
    url === null || url.hostname === ""
      ? "it is not a URL"
      : !["http:", "https:"].includes(url.protocol)
        ? "it must begin with http:// or https://"
        : url.username !== "" || url.password !== ""
          ? "user name and password belong in their own fields"
          : url.pathname !== "/" || url.search !== ""
            ? "it must not have a path"
            : undefined;
  if (url === null || fault !== undefined) {
    throw new SurveillanceError("CONFIG_INVALID", `Invalid device URL: ${fault ?? "it is not a URL"}.`, {
      advice: "Example: https://192.168.1.64:443",
    });
  }
  return url;
}
