import { SurveillanceError } from "../../core/errors";

/**
 * Reads a device's URL. Host and port are taken from it and used for everything that is sent to the device.
 *
 * @param text `http://camera:8080`; without a scheme it is plain HTTP
 * @throws {SurveillanceError} CONFIG_INVALID, never repeating a password that stands in the URL
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
          ? "user name and password belong into their own fields"
          : url.pathname !== "/" || url.search !== ""
            ? "it must end after the port"
            : undefined;
  if (url === null || fault !== undefined) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `The device's URL cannot be used: ${fault ?? "it is not a URL"}.`,
      {
        advice: "Example: https://192.168.1.64:443",
      },
    );
  }
  return url;
}
