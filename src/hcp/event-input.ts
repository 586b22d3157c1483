import { systemClock } from "../clock";
import { toError } from "../errors";
import { EventStream, type EventStreamMemory, type EventStreamOptions } from "./event-stream";
import { listedCodes } from "./event-types";
import { EventSubscription } from "./subscription";

export interface EventInputOptions extends EventStreamOptions {
  /** The address that the platform is to post to; without one, the subscription is somebody else's business. */
  eventDest?: string | undefined;
  /** Seconds between two looks at the subscription. */
  checkEvery: number;
  /** Where is kept what has to outlast a restart. */
  memory: {
    load: () => Promise<EventStreamMemory | undefined>;
    save: (memory: EventStreamMemory) => Promise<void>;
  };
  onSubscribed: (count: number) => void;
  onSubscriptionProblem: (error: Error) => void;
}

const SAVE_EVERY_MS = 5000;

/** Events out of HikCentral: subscribed, received, and remembered from one run to the next. */
export class EventInput {
  readonly #options: EventInputOptions;
  readonly #subscription: EventSubscription;
  readonly #stream: Promise<EventStream>;
  #cancelSave: (() => void) | undefined;
  #closed = false;

  constructor(options: EventInputOptions) {
    const { eventTypes, onSubscribed, onSubscriptionProblem } = options;
    this.#options = options;
    this.#subscription = new EventSubscription({
      ...options,
      eventTypes: eventTypes.length > 0 ? eventTypes : listedCodes,
      onSubscribed: (count, gap) => {
        onSubscribed(count);
        void this.#stream.then((stream) => {
          stream.subscribed(gap);
        });
      },
      onProblem: onSubscriptionProblem,
    });
    this.#stream = this.#start();
  }

  /**
   * Takes the body of a post over.
   *
   * @returns false when so many events wait already that these are not taken
   * @throws {SurveillanceError} HCP_EVENT_INVALID when it is no event message
   */
  async receive(body: Buffer): Promise<boolean> {
    return (await this.#stream).receive(body);
  }

  /** @param removed whether the events are no longer wanted at all */
  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    this.#cancelSave?.();
    const stream = await this.#stream;
    const closing = [this.#subscription.close(removed), stream.close()];
    const failed = (await Promise.allSettled(closing)).find(({ status }) => status === "rejected");
    if (!removed) await this.#save(stream);
    if (failed?.status === "rejected") throw toError(failed.reason);
  }

  async #start(): Promise<EventStream> {
    const { memory, eventDest, onProblem } = this.#options;
    const remembered = await memory.load().catch((error: unknown) => {
      onProblem(toError(error));
      return undefined;
    });
    const stream = new EventStream(this.#options, remembered);
    if (this.#closed) return stream;
    if (eventDest === undefined) void stream.fillGaps();
    else void this.#subscription.check();
    this.#saveLater(stream);
    return stream;
  }

  #saveLater(stream: EventStream): void {
    const { clock = systemClock } = this.#options;
    this.#cancelSave = clock.after(SAVE_EVERY_MS, () => {
      void this.#save(stream).then(() => {
        if (!this.#closed) this.#saveLater(stream);
      });
    });
  }

  async #save(stream: EventStream): Promise<void> {
    try {
      await this.#options.memory.save(stream.memory());
    } catch (error) {
      this.#options.onProblem(toError(error));
    }
  }
}
