import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

/**
 * The one promise that Node-RED's wires do not carry: that a message is safe. A source asks for it with
 * `sendAcknowledged`; a node that keeps messages gives it with `acknowledge`. So what a webhook answers with success is
 * on disk, even if the process is killed the moment after.
 */
interface Pending {
  /** How many acknowledgements are still to come. */
  missing: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** By message id: it is all that the copies of a message share. */
const pending = new Map<string, Pending>();
/** Nodes that acknowledge every message they get. */
const givers = new WeakSet<object>();

const TIMEOUT_MS = 10_000;
/** The dots at which wires meet in the editor are nodes, too. */
const JUNCTION = "junction";

/** Notes that a node acknowledges every message, also one whose settings cannot be used: then nothing is safe. */
export function givesAcknowledgements(node: Node): void {
  givers.add(node);
}

/** Says that a message is safe, or with an error that it is not. Nothing happens where nobody asked. */
export function acknowledge(messageId: string, error?: Error): void {
  const entry = pending.get(messageId);
  if (entry === undefined) return;
  entry.missing -= 1;
  if (error !== undefined) entry.reject(error);
  else if (entry.missing === 0) entry.resolve();
}

/**
 * Sends a message on a node's wires. Waits for every node right behind it that gives acknowledgements; where there is
 * none, for nothing.
 *
 * @throws {Error} of the node that could not keep it; {SurveillanceError} TIMEOUT when one does not acknowledge
 */
export async function sendAcknowledged(RED: NodeAPI, node: Node, msg: object): Promise<void> {
  const _msgid = RED.util.generateId();
  const missing = giversBehind(RED, node);
  const acknowledged = missing > 0 ? whenAcknowledged(_msgid, missing) : undefined;
  node.send({ ...msg, _msgid });
  await acknowledged;
}

/** How many givers every message of a node goes to without anything in between. */
function giversBehind(RED: NodeAPI, node: Node): number {
  const { wires = [] } = node as unknown as { wires?: string[][] };
  return wires.flat().reduce((count, id) => {
    const next = RED.nodes.getNode(id) as Node | null | undefined;
    if (next === null || next === undefined) return count;
    if (givers.has(next)) return count + 1;
    return next.type === JUNCTION ? count + giversBehind(RED, next) : count;
  }, 0);
}

async function whenAcknowledged(messageId: string, missing: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      pending.set(messageId, { missing, resolve, reject });
      timer = setTimeout(() => {
        reject(
          new SurveillanceError(
            "TIMEOUT",
            `An event was not acknowledged as kept within ${TIMEOUT_MS / 1000} seconds.`,
          ),
        );
      }, TIMEOUT_MS);
    });
  } finally {
    clearTimeout(timer);
    pending.delete(messageId);
  }
}
