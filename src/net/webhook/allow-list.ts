import { BlockList, isIP } from "node:net";
import { SurveillanceError } from "../../core/errors";

/** An IPv4 client of a dual-stack server shows as `::ffff:192.0.2.1`. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/** The address of a client as a person writes it. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(MAPPED, "");
}

/** The addresses that may send: single ones and networks, IPv4 and IPv6. An empty list allows every address. */
export class AllowList {
  readonly #entries = new BlockList();
  readonly #everybody: boolean;

  /**
   * @param entries `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`
   * @throws {SurveillanceError} CONFIG_INVALID, naming the entry that is not one of these
   */
  constructor(entries: readonly string[]) {
    this.#everybody = entries.length === 0;
    for (const entry of entries) this.#add(entry);
  }

  allows(address: string | undefined): boolean {
    const plain = plainAddress(address);
    return this.#everybody || this.#entries.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }

  #add(entry: string): void {
    const [address = "", bits, ...rest] = entry.split("/");
    const version = isIP(address);
    const prefix = bits === undefined ? undefined : Number(bits);
    const max = version === 6 ? 128 : 32;
    const prefixFits = prefix === undefined || (/^\d+$/.test(bits ?? "") && prefix <= max);
    if (version === 0 || !prefixFits || rest.length > 0) {
      throw new SurveillanceError("CONFIG_INVALID", `"${entry}" is not an address or a network.`, {
        advice: "Write an address or a network: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32.",
      });
    }
    const family = version === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) this.#entries.addAddress(address, family);
    else this.#entries.addSubnet(address, prefix, family);
  }
}
