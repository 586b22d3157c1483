import { readdir, readFile, readlink } from "node:fs/promises";

interface Socket {
  localPort: number;
  remotePort: number;
  inode: string;
}

const LISTENS = "0A";
const CONNECTING_OR_CONNECTED = new Set(["01", "02"]);

/**
 * Returns the ports that a process and its children are connected to, without the connections that it has accepted. It
 * reads Linux's table of connections; elsewhere, it returns nothing.
 */
export async function portsOf(pid: number): Promise<number[]> {
  const [v4, v6] = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8").catch(() => "")),
  );
  const rows = `${v4 ?? ""}\n${v6 ?? ""}`.split("\n").map((line) => line.trim().split(/\s+/));
  const socketsIn = (states: ReadonlySet<string>): Socket[] =>
    rows.flatMap(([, local = "", remote = "", state = "", , , , , , inode = ""]) =>
      states.has(state) ? [{ localPort: portOf(local), remotePort: portOf(remote), inode }] : [],
    );
  const listening = new Set(socketsIn(new Set([LISTENS])).map(({ localPort }) => localPort));
  const owned = new Set((await Promise.all((await family(pid)).map(inodesOf))).flat());
  return socketsIn(CONNECTING_OR_CONNECTED)
    .filter(({ localPort, inode }) => owned.has(inode) && !listening.has(localPort))
    .map(({ remotePort }) => remotePort);
}

function portOf(address: string): number {
  return Number.parseInt(address.split(":")[1] ?? "", 16);
}

/** The process and its descendants. */
async function family(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = list.trim().split(/\s+/).filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(family))).flat()];
}

async function inodesOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}
