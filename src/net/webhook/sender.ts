import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { plainAddress, type AllowList } from "./allow-list";

const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;
/** One site has a whole network of this size, with more addresses than there is memory to count. */
const IPV6_GROUPS = 4;

/**
 * The sender of a request: the address of the connection. Where that is a trusted reverse proxy, it is the last address
 * in `X-Forwarded-For` that is not a trusted proxy; the entries left of it come from the sender and prove nothing.
 *
 * @param proxies the trusted ones; undefined trusts none
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

/** `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`; undefined for names and `unknown`. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const address = isIP(text) > 0 ? text : (WITH_PORT.exec(text)?.slice(1).find(Boolean) ?? "");
  return isIP(address) > 0 ? plainAddress(address) : undefined;
}

/** The unit that limits count: an IPv4 address, or the /64 network of an IPv6 address. */
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
