import { SurveillanceError } from "../core/errors";
import { systemClock } from "../core/clock";
import { atMost } from "../core/pause";
import { Backlog } from "./backlog";
import { encodeMessage } from "./envelope";
import { identityOf } from "./identity";
import type { EventStore, Stored } from "./store";
import { laneOf, subjectOf } from "./subject";

/** A deploy waits this long for messages that are being stored. */
const CLOSE_MS = 1000;

/**
 * Returns the subjects that a stream stores for a template: everything below its first level.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the first level is not the same for all messages
 */
export function subjectsOf(template: string): string[] {
  const [first = ""] = template.split(".");
  if (first !== "" && !/[<>*]/.test(first)) return [`${first}.>`];
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `The first level of the subject ${template} must be a name.`,
    {
      advice: "Begin it with the name of the site, for example.",
    },
  );
}

/** Puts messages of a flow into a store. */
export class EventWriter {
  readonly #store: EventStore;
  readonly #template: string;
  readonly #backlog: Backlog;
  readonly #pending = new Set<Promise<Stored>>();

  /** @param template the subject of common events */
  constructor(store: EventStore, template: string, backlog = new Backlog()) {
    this.#store = store;
    this.#template = template;
    this.#backlog = backlog;
  }

  /**
   * Stores a message. Resolves when it survives the end of this process.
   *
   * @throws {SurveillanceError} STORE_MESSAGE_INVALID, TOO_LARGE, QUEUE_FULL, and the errors of the store
   */
  async write(msg: object): Promise<Stored> {
    const subject = subjectOf(msg, this.#template);
    const identity = identityOf(msg, subject);
    const bytes = encodeMessage(msg, identity);
    const stored = this.#backlog.run(laneOf(subject), bytes.length, () =>
      this.#store.put({ subject, identity, bytes }),
    );
    this.#pending.add(stored);
    try {
      return await stored;
    } finally {
      this.#pending.delete(stored);
    }
  }

  /** Waits a limited time for messages that are being stored, then closes the store. */
  async close(): Promise<void> {
    await atMost(Promise.allSettled(this.#pending), CLOSE_MS, systemClock);
    await this.#store.close();
  }
}
