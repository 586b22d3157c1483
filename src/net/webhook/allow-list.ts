import { BlockList, isIP } from "node:net";
import { SurveillanceError } from "../../core/errors";

/** A dual-stack server reports the address of an IPv4 client as `::ffff:192.0.2.1`. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Returns the address of a client without the IPv6 prefix of an IPv4 address. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(MAPPED, "");
}

/** A list of allowed addresses and networks, IPv4 and IPv6. An empty list allows every address. */
export class AllowList {
  readonly #entries = new BlockList();
  readonly #allowsAll: boolean;

  /**
   * @param entries `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`
   * @throws {SurveillanceError} CONFIG_INVALID, naming the invalid entry
   */
  constructor(entries: readonly string[]) {
    this.#allowsAll = entries.length === 0;
    for (const entry of entries) this.#add(entry);
  }

  allows(address: string | undefined): boolean {
    const plain = plainAddress(address);
    return this.#allowsAll || this.#entries.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }

  #add(entry: string): void {
    const [address = "", bits, ...rest] = entry.split("/");
    const version = isIP(address);
    const prefix = bits === undefined ? undefined : Number(bits);
    const max = version === 6 ? 128 : 32;
    const prefixFits = prefix === undefined || (/^\d+$/.test(bits ?? "") && prefix <= max);
    if (version === 0 || !prefixFits || rest.length > 0) {
      throw new SurveillanceError("CONFIG_INVALID", `"${entry}" is not an address or a network.`, {
        advice: "Examples: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32.",
      });
    }
    const family = version === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) this.#entries.addAddress(address, family);
    else this.#entries.addSubnet(address, prefix, family);
  }
}
