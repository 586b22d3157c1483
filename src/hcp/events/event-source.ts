import { systemClock } from "../../core/clock";
import { toError } from "../../core/errors";
import type { CallbackReport } from "../diagnosis/reports";
import { CallbackTest, isCallbackTest } from "../diagnosis/callback-test";
import { OVERLAP_MS } from "./missed/gaps";
import { EventJournal, type JournalMemory } from "./memory/journal";
import { EventStream, type EventStreamMemory, type EventStreamOptions } from "./event-stream";
import { listedCodes } from "../event-types";
import { EventSubscription } from "./subscription/subscription";

export interface HcpEventSourceOptions extends Omit<EventStreamOptions, "onDelivered" | "onSources"> {
  /** The address that the platform is to post to; without one, the subscription is somebody else's business. */
  eventDest?: string | undefined;
  /** Seconds between two looks at the subscription. */
  checkEvery: number;
  /** Where is kept what has to outlast a restart: a file's name without extension; without one, nothing is kept. */
  journal?: string | undefined;
  /** What an earlier version has kept elsewhere; asked for once, where there is no journal yet. */
  inherit?: () => Promise<EventStreamMemory | undefined>;
  onSubscribed: (count: number) => void;
  onSubscriptionProblem: (error: Error) => void;
  /** The platform has posted something, be it without events. */
  onPost: () => void;
  /** What a person should know, though it works. */
  onAdvice: (error: Error) => void;
}

/** What changes with every event is written down this often: a restart looks for what came since then, and some time before. */
const STATE_EVERY_MS = 1000;

/** Events out of HikCentral: subscribed, received, and remembered from one run to the next. */
export class HcpEventSource {
  readonly #options: HcpEventSourceOptions;
  readonly #subscription: EventSubscription;
  readonly #journal: EventJournal | undefined;
  readonly #callback: CallbackTest;
  readonly #stream: Promise<EventStream>;
  /** The state as it was written last, and since when a restart would look for events with it. */
  #written = "";
  #writtenSince = Infinity;
  #cancelState: (() => void) | undefined;
  /** The stream, once it is there. */
  #running: EventStream | undefined;
  #closed = false;

  constructor(options: HcpEventSourceOptions) {
    const { eventTypes, eventDest, clock = systemClock, onSubscribed, journal: file } = options;
    this.#options = options;
    this.#subscription = new EventSubscription({
      ...options,
      eventTypes: eventTypes.length > 0 ? eventTypes : listedCodes,
      onOwn: async (own) => {
        this.#journal?.add({ own });
        await this.#journal?.flush();
      },
      onSubscribed: (count, gap, date) => {
        onSubscribed(count);
        void this.#stream.then((stream) => {
          stream.subscribed(gap, date);
          this.#writeState(stream);
        });
        this.#callback.start();
      },
      onProblem: options.onSubscriptionProblem,
    });
    this.#callback = new CallbackTest({ clock, url: eventDest, onAdvice: options.onAdvice });
    if (file !== undefined) this.#journal = this.#openJournal(file);
    this.#stream = this.#start();
  }

  /**
   * Takes the body of a post over.
   *
   * @returns false when so many events wait already that these are not taken
   * @throws {SurveillanceError} HCP_EVENT_INVALID when it is not an event message
   */
  async receive(body: Buffer): Promise<boolean> {
    if (isCallbackTest(body)) return true;
    const stream = await this.#stream;
    const earliest = stream.receive(body);
    this.#callback.proven();
    this.#options.onPost();
    // A restart would not look that far back for it, if this run ended before it is delivered.
    if (earliest !== undefined && earliest < this.#writtenSince - OVERLAP_MS) {
      this.#writeState(stream);
      await this.#journal?.flush();
    }
    return earliest !== undefined;
  }

  /** Compares the platform's subscription with ours and posts to the callback address once. Never rejects. */
  async test(): Promise<CallbackReport> {
    const [subscription, post] = await Promise.all([this.#subscription.compare(), this.#callback.post()]);
    return { subscription, post };
  }

  /** @param removed whether the events are no longer wanted at all */
  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    this.#cancelState?.();
    this.#callback.close();
    const stream = await this.#stream;
    const closing = [this.#subscription.close(removed), stream.close()];
    const failed = (await Promise.allSettled(closing)).find(({ status }) => status === "rejected");
    if (removed) await this.#journal?.remove();
    else {
      this.#writeState(stream);
      await this.#journal?.close();
    }
    if (failed?.status === "rejected") throw toError(failed.reason);
  }

  #openJournal(file: string): EventJournal {
    return new EventJournal({
      file,
      current: () => ({
        own: this.#subscription.own,
        ...(this.#running && { state: this.#running.state(), sources: this.#running.sources }),
      }),
      onProblem: this.#options.onAdvice,
    });
  }

  async #start(): Promise<EventStream> {
    const { eventDest } = this.#options;
    const memory = await this.#remembered();
    this.#subscription.remember(memory?.own ?? []);
    const stream = new EventStream(
      {
        ...this.#options,
        onDelivered: (deliveries) => {
          this.#journal?.add({ seen: deliveries.map(({ id, statuses }) => [id, statuses]) });
        },
        onSources: (sources) => this.#journal?.add({ sources }),
      },
      memory?.stream,
    );
    this.#running = stream;
    if (this.#closed) return stream;
    // From here on nothing is lost: what happens before the first event or subscription was written down is looked for.
    this.#writeState(stream);
    await this.#journal?.flush();
    if (eventDest === undefined) void stream.fillGaps();
    else void this.#subscription.check();
    this.#writeStateLater(stream);
    return stream;
  }

  async #remembered(): Promise<JournalMemory | undefined> {
    const { inherit, onProblem } = this.#options;
    try {
      const known = await this.#journal?.load();
      if (known !== undefined) return known;
      const stream = await inherit?.();
      if (stream === undefined) return undefined;
      const { seen, sources } = stream;
      this.#journal?.add({ seen, sources });
      return { stream, own: [] };
    } catch (error) {
      onProblem(toError(error));
      return undefined;
    }
  }

  #writeStateLater(stream: EventStream): void {
    const { clock = systemClock } = this.#options;
    this.#cancelState = clock.after(STATE_EVERY_MS, () => {
      this.#writeState(stream);
      if (!this.#closed) this.#writeStateLater(stream);
    });
  }

  #writeState(stream: EventStream): void {
    if (this.#journal === undefined) return;
    const state = stream.state();
    const text = JSON.stringify(state);
    if (text === this.#written) return;
    this.#written = text;
    const { latest, subscribed = latest, gap = latest } = state;
    this.#writtenSince = Math.min(latest, subscribed, gap);
    this.#journal.add({ state });
  }
}
