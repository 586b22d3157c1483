import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

/**
 * The one promise that Node-RED's wires cannot carry: that an event is safe. A webhook that is wired straight to an
 * event-archive waits here, before it answers its camera, for the archive to say that the event is on disk. So what was
 * answered with success is in the archive, even if the process is killed the moment after.
 */
interface Waiting {
  archives: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** By message id, which copies of a message share. */
const waiting = new Map<string, Waiting>();

const TIMEOUT_MS = 10_000;
const ARCHIVE = "event-archive";
/** The dots at which wires meet in the editor are nodes, too. */
const JUNCTION = "junction";

/**
 * Sends a message; with an archive right behind the node, waits until it is in there.
 *
 * @throws {Error} of the archive that could not keep it; {SurveillanceError} TIMEOUT when the archive does not answer
 */
export async function deliver(RED: NodeAPI, node: Node, msg: object): Promise<void> {
  const _msgid = RED.util.generateId();
  const archives = archivesBehind(RED, node);
  const kept = archives > 0 ? whenArchived(_msgid, archives) : undefined;
  node.send({ ...msg, _msgid });
  await kept;
}

/** How many archives every message of a node goes to without anything in between. */
function archivesBehind(RED: NodeAPI, node: Node): number {
  const { wires = [] } = node as unknown as { wires?: string[][] };
  return wires.flat().reduce((count, id) => {
    const next = RED.nodes.getNode(id) as Node | null | undefined;
    if (next?.type === ARCHIVE) return count + 1;
    return next?.type === JUNCTION ? count + archivesBehind(RED, next) : count;
  }, 0);
}

/** Waits until so many archives have kept a message. */
async function whenArchived(messageId: string, archives: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      waiting.set(messageId, { archives, resolve, reject });
      timer = setTimeout(() => {
        reject(
          new SurveillanceError("TIMEOUT", `No archive kept an event within ${TIMEOUT_MS / 1000} seconds.`),
        );
      }, TIMEOUT_MS);
    });
  } finally {
    clearTimeout(timer);
    waiting.delete(messageId);
  }
}

/** Says that an archive has kept a message, or that it could not. */
export function reportArchived(messageId: string, error?: Error): void {
  const entry = waiting.get(messageId);
  if (entry === undefined) return;
  entry.archives -= 1;
  if (error !== undefined) entry.reject(error);
  else if (entry.archives === 0) entry.resolve();
}
