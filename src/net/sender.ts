import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { plainAddress, type AllowList } from "./allow-list";

const WITH_PORT = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;
/** A site has a network of this size to itself, and with it more addresses than there is memory. */
const IPV6_GROUPS = 4;

/**
 * Who has sent a request: the address of the connection, or where that is a trusted reverse proxy, the last address in
 * `X-Forwarded-For` which is not one. What stands further left was written by the sender and proves nothing.
 *
 * @param proxies the trusted ones; nobody is trusted without
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

/** Whom limits are counted for: an IPv4 address, or the /64 network of an IPv6 one. */
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
