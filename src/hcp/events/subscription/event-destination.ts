import { SurveillanceError } from "../../../core/errors";
import { pathOf } from "../../../net/request-path";

export interface EventDestinationParts {
  /** The address at which HikCentral reaches this process: `http://10.0.0.7:1880`, with a path if a proxy adds one. */
  base: string;
  /** The path that this process adds before its routes. A base with a path already contains it. */
  root: string;
  path: string;
  token: string | undefined;
}

/** Guide, 5.5.3. */
const MAX_LENGTH = 1024;

/**
 * Returns the address to which HikCentral posts.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the base is not a URL, or the address is too long. The error does not
 *   contain the token.
 */
export function eventDestination({ base, root, path, token }: EventDestinationParts): string {
  const parsed = URL.canParse(base) ? new URL(base) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    throw new SurveillanceError("CONFIG_INVALID", "The callback address is not an http:// or https:// URL.", {
      advice:
        "Enter the address at which HikCentral reaches this Node-RED, for example http://10.0.0.7:1880.",
    });
  }
  const own = segments(parsed.pathname);
  const all = [...(own.length > 0 ? own : segments(root)), ...segments(path)];
  if (token !== undefined) all.push(encodeURIComponent(token));
  // Addresses in the guide always have a port.
  const port = parsed.port === "" ? (parsed.protocol === "https:" ? 443 : 80) : parsed.port;
  const address = `${parsed.protocol}//${parsed.hostname}:${port}${pathOf(`/${all.join("/")}`)}`;
  if (address.length > MAX_LENGTH) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `The callback address with path and token is longer than ${MAX_LENGTH} characters.`,
    );
  }
  return address;
}

function segments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}
