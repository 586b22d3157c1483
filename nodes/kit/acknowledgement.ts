import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

/**
 * The acknowledgement of a message, which Node-RED's wires do not support: the message is stored. A source waits for it
 * with `sendAcknowledged`, and a node that stores messages sends it with `acknowledge`. So a webhook responds with
 * success only when the event is on disk, even if the process is killed immediately after.
 */
interface Pending {
  /** Nodes that are connected directly and have not acknowledged the message. */
  direct: Set<object>;
  /** Whether any node, wherever it is in the flow, must acknowledge the message. */
  anywhere: boolean;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** By message id, the only common property of the copies of a message. */
const pending = new Map<string, Pending>();
/** Nodes for which a source waits whenever they are connected directly. */
const acknowledgingNodes = new WeakSet<object>();

/** Maximum number of messages that wait for an acknowledgement: the queue of an event source. */
const MAX_PENDING = 20_000;
const TIMEOUT_MS = 10_000;
/** The type of junctions of wires, which are nodes as well. */
const JUNCTION = "junction";

export interface AcknowledgementOptions {
  /** Waits until one node acknowledges the message, wherever it is in the flow. Default: only if it is direct. */
  anywhere?: boolean;
  /** Milliseconds; default 10 s. */
  timeoutMs?: number;
}

/** Registers a node for which a source always waits. A node with invalid settings counts: it stores nothing. */
export function addAcknowledgingNode(node: Node): void {
  acknowledgingNodes.add(node);
}

/**
 * Reports that a node has stored a message or, with an error, that it has not. Does nothing if no source waits for it.
 */
export function acknowledge(node: Node, messageId: string, error?: Error): void {
  const entry = pending.get(messageId);
  if (entry === undefined) return;
  if (error !== undefined) {
    entry.reject(error);
    return;
  }
  entry.direct.delete(node);
  entry.anywhere = false;
  if (entry.direct.size === 0) entry.resolve();
}

/**
 * Sends a message on a node's wires. Waits for every acknowledging node that is connected directly, and with `anywhere`
 * for at least one node that stores the message. Without both, does not wait.
 *
 * @throws {Error} of the node that could not store it; {SurveillanceError} EVENT_NOT_STORED if none has acknowledged it
 *   in time, or if too many messages wait
 */
export async function sendAcknowledged(
  RED: NodeAPI,
  node: Node,
  msg: object,
  { anywhere = false, timeoutMs = TIMEOUT_MS }: AcknowledgementOptions = {},
): Promise<void> {
  const _msgid = RED.util.generateId();
  const direct = new Set(acknowledgingAfter(RED, node));
  const waits = anywhere || direct.size > 0;
  if (waits && pending.size >= MAX_PENDING) {
    throw new SurveillanceError("EVENT_NOT_STORED", `${MAX_PENDING} events wait until they are stored.`);
  }
  const acknowledged = waits ? whenAcknowledged(_msgid, { direct, anywhere }, timeoutMs) : undefined;
  node.send({ ...msg, _msgid });
  await acknowledged;
}

/** Returns the acknowledging nodes that are connected to a node directly or by junctions. */
function acknowledgingAfter(RED: NodeAPI, node: Node): Node[] {
  const { wires = [] } = node as unknown as { wires?: string[][] };
  return wires.flat().flatMap((id) => {
    const next = RED.nodes.getNode(id) as Node | null | undefined;
    if (next === null || next === undefined) return [];
    if (acknowledgingNodes.has(next)) return [next];
    return next.type === JUNCTION ? acknowledgingAfter(RED, next) : [];
  });
}

async function whenAcknowledged(
  messageId: string,
  expected: Pick<Pending, "direct" | "anywhere">,
  timeoutMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      pending.set(messageId, { ...expected, resolve, reject });
      timer = setTimeout(() => {
        reject(notStored(timeoutMs));
      }, timeoutMs);
      // A redeployed node waits no more, but its message may still be stored.
      timer.unref();
    });
  } finally {
    clearTimeout(timer);
    pending.delete(messageId);
  }
}

/** Returns the error for an event that was not acknowledged in time. */
export function notStored(timeoutMs: number): SurveillanceError {
  return new SurveillanceError(
    "EVENT_NOT_STORED",
    `No events-out or event-archive stored an event within ${timeoutMs / 1000} s. Its sender must send it again.`,
    { advice: "Connect this node to an events-out node and look at that node's status." },
  );
}
