import type { Consumer, ConsumerInfo, ConsumerMessages } from "@nats-io/jetstream";
import { steadyClock } from "../../core/clock";
import { pause } from "../../core/pause";
import { NatsDelivery, type DeliveryHost } from "./delivery";

/** The server's own check of what is overdue takes its time. */
const MARGIN_MS = 1_000;
/** While messages arrive that are not yet wanted, the server is asked again at this interval. */
const EARLY_MS = 200;

/** What the return of messages needs of its consumer. */
export interface ReturningHost {
  consumer: Consumer;
  info: ConsumerInfo;
  /** For the deliveries. */
  host: DeliveryHost;
  /** What arrived in an earlier session and is still in hand. */
  inHand: Iterable<NatsDelivery>;
  lookahead: number;
  /** Receives each request, so that it can be stopped. */
  onRequest: (messages: ConsumerMessages) => void;
}

/**
 * Collects the messages that the server sent earlier and that are not in hand: to a process that was killed, or into a
 * connection that broke. The server sends newer messages at once, and those again only when their `ack_wait` is over.
 * Without this, they would come after their successors.
 *
 * @returns all messages that have arrived, in the order of the stream
 */
export async function collectReturning(options: ReturningHost): Promise<NatsDelivery[]> {
  const { consumer, info, host, inHand, lookahead, onRequest } = options;
  const newest = info.delivered.stream_seq;
  const kept = [...inHand].filter(({ isEnding }) => !isEnding).map(({ sequence }) => sequence);
  let missing = info.num_ack_pending - kept.filter((sequence) => sequence <= newest).length;
  const ackWaitMs = (info.config.ack_wait ?? 0) / 1e6;
  const deadline = steadyClock.now() + ackWaitMs + MARGIN_MS;
  // The server refuses a request whose times are not whole nanoseconds.
  const stepMs = Math.round(Math.max(1_000, Math.min(5_000, ackWaitMs / 3)));
  const collected = new Map<number, NatsDelivery>();
  let newer = 0;
  let isEarly = false;
  try {
    while (missing > 0 && !host.signal.aborted && collected.size < 2 * lookahead) {
      const isOver = steadyClock.now() >= deadline;
      if (newer >= lookahead && !isOver) {
        await pause(Math.min(stepMs, deadline - steadyClock.now()), steadyClock, host.signal);
      } else {
        if (isEarly) await pause(EARLY_MS, steadyClock, host.signal);
        const max = isEarly && !isOver ? 1 : Math.min(missing, lookahead);
        const messages = await consumer.fetch({ max_messages: max, expires: stepMs });
        onRequest(messages);
        isEarly = false;
        let arrived = 0;
        for await (const message of messages) {
          const delivery = new NatsDelivery(message, host);
          arrived += 1;
          collected.set(delivery.sequence, delivery);
          // A server that sent into a request that was over steps back: its newest is too old then.
          isEarly = delivery.sequence > newest && !delivery.isReturning;
          if (isEarly) newer += 1;
        }
        // Counted again: a server that sent into a request that was over sends the same as new. Fails when the answer
        // came from nobody.
        const { num_ack_pending: pending } = await consumer.info();
        missing = pending - new Set([...kept, ...collected.keys()]).size;
        // The server sends what is overdue first: nothing more is.
        if (isOver && (isEarly || arrived === 0)) break;
      }
      for (const delivery of collected.values()) delivery.extend();
    }
  } catch (thrown) {
    for (const delivery of collected.values()) delivery.again(0);
    throw thrown;
  }
  return [...collected.values()].sort((one, other) => one.sequence - other.sequence);
}
