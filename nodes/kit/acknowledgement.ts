import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

/**
 * The acknowledgement of a message, which Node-RED's wires do not support: the message is stored. A source waits for it
 * with `sendAcknowledged`, and a node that stores messages sends it with `acknowledge`. So a webhook responds with
 * success only when the event is on disk, even if the process is killed immediately after.
 */
interface Pending {
  /** Number of missing acknowledgements. */
  missing: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** By message id, the only common property of the copies of a message. */
const pending = new Map<string, Pending>();
/** Nodes that acknowledge every message. */
const acknowledgingNodes = new WeakSet<object>();

const TIMEOUT_MS = 10_000;
/** The type of junctions of wires, which are nodes as well. */
const JUNCTION = "junction";

/** Registers a node that acknowledges every message. A node with invalid settings counts: it stores nothing. */
export function addAcknowledgingNode(node: Node): void {
  acknowledgingNodes.add(node);
}

/** Reports that a message is stored or, with an error, that it is not. Does nothing if no source waits for it. */
export function acknowledge(messageId: string, error?: Error): void {
  const entry = pending.get(messageId);
  if (entry === undefined) return;
  entry.missing -= 1;
  if (error !== undefined) entry.reject(error);
  else if (entry.missing === 0) entry.resolve();
}

/**
 * Sends a message on a node's wires. Waits for every acknowledging node that is connected directly. If there is none,
 * does not wait.
 *
 * @throws {Error} of the node that could not store it; {SurveillanceError} TIMEOUT if a node does not acknowledge
 */
export async function sendAcknowledged(RED: NodeAPI, node: Node, msg: object): Promise<void> {
  const _msgid = RED.util.generateId();
  const missing = countAcknowledging(RED, node);
  const acknowledged = missing > 0 ? whenAcknowledged(_msgid, missing) : undefined;
  node.send({ ...msg, _msgid });
  await acknowledged;
}

/** Counts the acknowledging nodes that are connected to a node directly or by junctions. */
function countAcknowledging(RED: NodeAPI, node: Node): number {
  const { wires = [] } = node as unknown as { wires?: string[][] };
  return wires.flat().reduce((count, id) => {
    const next = RED.nodes.getNode(id) as Node | null | undefined;
    if (next === null || next === undefined) return count;
    if (acknowledgingNodes.has(next)) return count + 1;
    return next.type === JUNCTION ? count + countAcknowledging(RED, next) : count;
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
            `No archive confirmed an event within ${TIMEOUT_MS / 1000} seconds.`,
          ),
        );
      }, TIMEOUT_MS);
    });
  } finally {
    clearTimeout(timer);
    pending.delete(messageId);
  }
}
