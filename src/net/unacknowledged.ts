import { readFile } from "node:fs/promises";

/** One end of a TCP connection; a net.Socket is one. */
export interface ConnectionEnd {
  localPort?: number | undefined;
  remotePort?: number | undefined;
  localFamily?: string | undefined;
}

/**
 * How many bytes of a TCP connection the other side's system has not acknowledged. Node does not tell; Linux lists it with
 * all connections: proc_net_tcp(5), `tx_queue`.
 *
 * @returns undefined where this system does not tell
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

/** The largest of those with these ports: addresses are not compared, as hardly two have both ports in common. */
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
