import type { ConsumerInfo } from "@nats-io/jetstream";
import type { ConsumeOptions } from "../store";
import { escapeFilter } from "../subject";
import type { Session } from "./connection";
import { apiCode, apiCodeOf } from "./failure";
import type { NatsStream } from "./stream";

/** Several Node-REDs share a consumer. Each takes its `lookahead`; this is for all of them. */
const MAX_ACK_PENDING = 10_000;

/**
 * Returns the name of a consumer on the server. It contains the domain: NATS acknowledges by the names of stream and
 * consumer, and an acknowledgement for one site must not reach the same names at another.
 */
function consumerName(session: Session, stream: NatsStream, name: string): string {
  const domain = stream.domain ?? (session.nc.info as { domain?: string } | undefined)?.domain;
  return domain === undefined ? name : `${name}-${domain}`;
}

/** Makes the durable consumer, or changes the settings that a user has changed. */
export async function prepareConsumer(
  session: Session,
  stream: NatsStream,
  options: ConsumeOptions,
): Promise<string> {
  const { jsm } = await stream.api(session);
  const name = consumerName(session, stream, options.consumer);
  const { AckPolicy, DeliverPolicy } = session.client.jetstream;
  const filter = options.filter === undefined ? undefined : escapeFilter(options.filter);
  const changeable = {
    ack_wait: options.ackWaitMs * 1e6,
    max_ack_pending: MAX_ACK_PENDING,
    ...(filter !== undefined && { filter_subject: filter }),
  };
  try {
    const { config } = await jsm.consumers.info(stream.name, name);
    const isSame =
      config.ack_wait === changeable.ack_wait && (config.filter_subject ?? "") === (filter ?? "");
    if (!isSame)
      await jsm.consumers.update(stream.name, name, { ...changeable, filter_subject: filter ?? "" });
  } catch (thrown) {
    if (apiCodeOf(thrown) !== apiCode.consumerNotFound) throw thrown;
    await jsm.consumers.add(stream.name, {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      max_deliver: -1,
      ...changeable,
    });
  }
  return name;
}

/** Lists the consumers that acknowledge. A reader without acknowledgement keeps nothing. */
export async function acknowledgingConsumers(session: Session, stream: NatsStream): Promise<ConsumerInfo[]> {
  const { jsm } = await stream.api(session);
  const consumers: ConsumerInfo[] = [];
  for await (const info of jsm.consumers.list(stream.name))
    if ((info.config.ack_policy as string) !== "none") consumers.push(info);
  return consumers;
}

/** Returns the consumer that is furthest behind. */
export async function fullestConsumer(
  session: Session,
  stream: NatsStream,
): Promise<{ name: string; messages: number } | undefined> {
  const [first] = (await acknowledgingConsumers(session, stream))
    .map(({ name, num_pending: waiting, num_ack_pending: taken }) => ({ name, messages: waiting + taken }))
    .sort((one, other) => other.messages - one.messages);
  return first;
}
