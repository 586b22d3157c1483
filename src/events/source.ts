import type { SurveillanceError } from "../core/errors";

/**
 * The state of a source. The list is closed, so that one function can show every state.
 *
 * @typeParam Live further fields while the source is connected: a frame rate, a number of subscriptions
 */
export type SourceState<Live extends object = object> =
  /** It has not been started, or was stopped. */
  | { kind: "stopped" }
  | { kind: "connecting" }
  /** The connection is open, but nothing has arrived yet. */
  | { kind: "waiting" }
  | ({ kind: "connected" } & Live)
  /** The connection is open, but a heartbeat is overdue. */
  | { kind: "quiet" }
  /** It failed and retries in `retryMs`. `failures` is the number of failed attempts in a row. */
  | { kind: "retrying"; error: SurveillanceError; retryMs: number; failures?: number }
  /** It cannot work until a user changes something: a port is in use, a folder is not writable. */
  | { kind: "failed"; error: SurveillanceError };

/**
 * The receiver of a source's events and states. A source gets its handler in the constructor, so that no state and no
 * event is missed. It calls the handler in order, and never after `close`.
 *
 * @typeParam Event the item that the source delivers: `{ event, raw }`, a frame, or a union of several kinds
 */
export interface SourceHandler<Event, Live extends object = object> {
  /**
   * @returns a promise if the handler stores events: it resolves when the event is stored and rejects when storing
   *   fails. A source that responds to its sender may wait for it.
   */
  event(event: Event): Promise<void> | void;
  /** Called for every change of the state, and of the fields in `Live`. */
  state(state: SourceState<Live>): void;
  /** Called for a new failure. A source reports a failure once, and again only after it has ended. */
  failure(error: SurveillanceError): void;
  /** Called when the source skips something and continues. Warnings may be frequent. */
  warning(text: string): void;
}

/** Delivers events. */
export interface Source {
  /**
   * Closes the source permanently. Resolves within 2 s, when nothing of the source runs any more.
   *
   * @param removed whether the source is deleted: it then also removes its settings on other systems. Default false
   * @throws {Error} these settings could not be removed
   */
  close(removed?: boolean): Promise<void>;
}

/** A source that can be started and stopped repeatedly. Its first state is stopped. */
export interface StartableSource extends Source {
  readonly running: boolean;
  /** Starts connecting. Does nothing while the source is running. */
  start(): void;
  /** Stops the source. Resolves within 2 s. */
  stop(): Promise<void>;
}
