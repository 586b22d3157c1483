import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { plainAddress, type AllowList } from "./allow-list";

const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;
/** Each site has a whole network of this size: its addresses are too many to count separately. */
const IPV6_GROUPS = 4;

/**
 * Returns the sender of a request: the address of the connection. If that is a trusted reverse proxy, the sender is the
 * last address in `X-Forwarded-For` that is not a trusted proxy. Entries before it come from the sender and prove
 * nothing.
 *
 * @param proxies the trusted proxies; undefined: none
 */
export function senderOf(request: IncomingMessage, proxies: AllowList | undefined): string {
  let sender = plainAddress(request.socket.remoteAddress);
  if (proxies === undefined) return sender;
  const hops = String(request.headers["x-forwarded-for"] ?? "").split(",");
  while (proxies.allows(sender)) {
    const next = addressIn(hops.pop() ?? "");
    if (next === undefined) break;
    sender = next;
  }
  return sender;
}

/** Parses `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`; returns undefined for names. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const address = isIP(text) > 0 ? text : (WITH_PORT.exec(text)?.slice(1).find(Boolean) ?? "");
  return isIP(address) > 0 ? plainAddress(address) : undefined;
}

/** Returns the unit that limits apply to: an IPv4 address, or the /64 network of an IPv6 address. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [front = "", back] = (address.split("%", 1)[0] ?? "").split("::");
  const [head, tail] = [front, back ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(Math.max(0, 8 - (head?.length ?? 0) - (tail?.length ?? 0))).fill("0");
  const groups = [...(head ?? []), ...(back === undefined ? [] : zeros), ...(tail ?? [])];
  return groups
    .slice(0, IPV6_GROUPS)
    .map((group) => parseInt(group, 16).toString(16))
    .join(":");
}
