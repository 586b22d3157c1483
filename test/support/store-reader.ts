import type { SurveillanceError } from "../../src/core/errors";
import type { Source, SourceHandler, SourceState } from "../../src/events/source";
import type { ConsumeOptions, EventStore, OutgoingMessage, StoreDelivery } from "../../src/store/store";

/** Reads a store and remembers what it sees. */
export class StoreReader implements SourceHandler<StoreDelivery> {
  readonly deliveries: StoreDelivery[] = [];
  readonly states: SourceState[] = [];
  readonly failures: SurveillanceError[] = [];
  readonly source: Source;
  readonly #onEvent: (delivery: StoreDelivery) => void;
  readonly #waiting = new Set<() => void>();

  /** @param onEvent default: acknowledges */
  constructor(
    store: EventStore,
    options: Partial<ConsumeOptions> = {},
    onEvent: (delivery: StoreDelivery) => void = (delivery) =>
      void delivery.acknowledge().catch(() => undefined),
  ) {
    this.#onEvent = onEvent;
    this.source = store.consume({ consumer: "reader", lookahead: 20, ackWaitMs: 30_000, ...options }, this);
  }

  event(delivery: StoreDelivery): void {
    this.deliveries.push(delivery);
    this.#onEvent(delivery);
    this.#changed();
  }

  state(state: SourceState): void {
    this.states.push(state);
    this.#changed();
  }

  failure(error: SurveillanceError): void {
    this.failures.push(error);
    this.#changed();
  }

  warning(): void {
    // Nothing is skipped here.
  }

  get kind(): SourceState["kind"] | undefined {
    return this.states.at(-1)?.kind;
  }

  /** Resolves when a condition holds, at the latest after the next change that makes it true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

let made = 0;

/** A message to store. */
export function outgoing(
  text: string,
  { camera = "gate", identity = `id-${(made += 1)}` } = {},
): OutgoingMessage {
  return { subject: ["surveillance", "isapi", camera, "1", "motion"], identity, bytes: Buffer.from(text) };
}

/** Returns the text of a delivery. */
export async function textOf(delivery: StoreDelivery): Promise<string> {
  return Buffer.from(await delivery.read()).toString();
}
