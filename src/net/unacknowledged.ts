import { readFile } from "node:fs/promises";

/** One end of a TCP connection; a net.Socket is one. */
export interface ConnectionEnd {
  localPort?: number | undefined;
  remotePort?: number | undefined;
  localFamily?: string | undefined;
}

/**
 * Counts the bytes of a TCP connection that the system at the other end has not acknowledged. Node.js does not
 * report them. Linux lists them for every connection: proc_net_tcp(5), `tx_queue`.
 *
 * @returns undefined if the system does not report them
 */
export async function unacknowledgedBytes(end: ConnectionEnd): Promise<number | undefined> {
  const { localPort, remotePort, localFamily } = end;
  if (process.platform !== "linux" || localPort === undefined || remotePort === undefined) return undefined;
  try {
    const table = await readFile(localFamily === "IPv6" ? "/proc/net/tcp6" : "/proc/net/tcp", "latin1");
    return queuedIn(table, localPort, remotePort);
  } catch {
    return undefined;
  }
}

/** Returns the largest count for a pair of ports. Addresses are not compared: the same pair of ports twice is rare. */
function queuedIn(table: string, localPort: number, remotePort: number): number | undefined {
  const row = new RegExp(
    `: [0-9A-F]+:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]+ ([0-9A-F]+):`,
    "g",
  );
  const queued = [...table.matchAll(row)].map(([, bytes = ""]) => Number.parseInt(bytes, 16));
  return queued.length === 0 ? undefined : Math.max(...queued);
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}
