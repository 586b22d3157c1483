import { isIP } from "node:net";
import { SurveillanceError } from "../core/errors";
import { AllowList } from "./webhook/allow-list";

const NAME = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/**
 * A list of hosts that a message may name: names, `*.` with a domain, addresses and networks. An empty list allows every
 * host. Names are compared, not looked up: a name that nobody listed is refused, even if it belongs to a listed address.
 * So what is checked is what is connected to.
 */
export class AllowedHosts {
  readonly #names = new Set<string>();
  /** The domains of wildcards, with the dot: `.example.com`. */
  readonly #domains: string[] = [];
  readonly #addresses: AllowList | undefined;
  readonly #allowsAll: boolean;

  /**
   * @param entries `cam1.example.com`, `*.cams.example.com`, `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`
   * @throws {SurveillanceError} CONFIG_INVALID, naming the invalid entry
   */
  constructor(entries: readonly string[]) {
    this.#allowsAll = entries.length === 0;
    const addresses: string[] = [];
    for (const entry of entries) {
      const plain = comparable(entry);
      const isAddress = isIP(plain.split("/")[0] ?? "") !== 0;
      if (isAddress) addresses.push(plain);
      else if (!NAME.test(plain) || isNumeric(plain)) throw invalid(entry);
      else if (plain.startsWith("*.")) this.#domains.push(plain.slice(1));
      else this.#names.add(plain);
    }
    // An AllowList without entries allows every address.
    if (addresses.length > 0) this.#addresses = new AllowList(addresses);
  }

  /** @throws {SurveillanceError} HOST_NOT_ALLOWED, naming the host */
  assertAllowed(host: string): void {
    const plain = comparable(host);
    const allowed =
      this.#allowsAll ||
      (isIP(plain) === 0
        ? this.#names.has(plain) || this.#domains.some((domain) => plain.endsWith(domain))
        : this.#addresses?.allows(plain) === true);
    if (allowed) return;
    throw new SurveillanceError(
      "HOST_NOT_ALLOWED",
      `The message names the host ${host}, which is not allowed.`,
      {
        advice: "Add it to the allowed hosts of the node, or correct the message.",
      },
    );
  }
}

/** Removes the brackets of an IPv6 address and the dot at the end of a name. */
function comparable(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]/, "$1")
    .replace(/\.$/, "");
}

/** Tells whether a text without letters in its last part was meant as an address: `192.0.2`, `192.0.2.256`. */
function isNumeric(host: string): boolean {
  return /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(host);
}

function invalid(entry: string): SurveillanceError {
  return new SurveillanceError("CONFIG_INVALID", `"${entry}" is not a host, an address or a network.`, {
    advice: "Examples: cam1.example.com, *.cams.example.com, 192.0.2.7, 192.0.2.0/24, 2001:db8::/32.",
  });
}
