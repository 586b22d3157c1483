import { SurveillanceError } from "../../../core/errors";
import { pathOf } from "../../../net/request-path";

export interface EventDestinationParts {
  /** This side as HikCentral reaches it: `http://10.0.0.7:1880`; with a path where a proxy puts one in front. */
  base: string;
  /** Path that this side itself puts in front of its routes; a base with a path of its own has it in there. */
  root: string;
  path: string;
  token: string | undefined;
}

/** Guide, 5.5.3. */
const MAX_LENGTH = 1024;

/**
 * The address that HikCentral is to post to.
 *
 * @throws {SurveillanceError} CONFIG_INVALID when the base is not a URL, or the whole too long. The token is not repeated.
 */
export function eventDestination({ base, root, path, token }: EventDestinationParts): string {
  const parsed = URL.canParse(base) ? new URL(base) : undefined;
  if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) {
    throw new SurveillanceError("CONFIG_INVALID", "The callback address is not an http:// or https:// URL.", {
      advice: "Give this Node-RED's address as HikCentral reaches it, like http://10.0.0.7:1880.",
    });
  }
  const own = segments(parsed.pathname);
  const all = [...(own.length > 0 ? own : segments(root)), ...segments(path)];
  if (token !== undefined) all.push(encodeURIComponent(token));
  // The guide's form has a port, whatever it is.
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
