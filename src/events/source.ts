import type { SurveillanceError } from "../core/errors";

/**
 * The state of a source. The list is closed, so that one place can show all of it.
 *
 * @typeParam Live what a source adds while it is connected: a frame rate, a number of subscriptions
 */
export type SourceState<Live extends object = object> =
  /** It waits to be started. */
  | { kind: "stopped" }
  | { kind: "connecting" }
  /** It is open, but nothing has arrived yet. */
  | { kind: "waiting" }
  | ({ kind: "connected" } & Live)
  /** It is open, but a sign of life is overdue. */
  | { kind: "quiet" }
  /** It failed and tries again by itself in `retryMs`. `failures` counts the attempts in a row that failed. */
  | { kind: "retrying"; error: SurveillanceError; retryMs: number; failures?: number }
  /** It cannot work until a user changes something: a port is taken, a folder is not writable. */
  | { kind: "failed"; error: SurveillanceError };

/**
 * The receiver of a source's events and states. A source gets its one handler in its constructor, so that no state and
 * no event is missed. It calls the handler in order, and never after `close`.
 *
 * @typeParam Event what the source delivers: `{ event, raw }`, a frame, or a union of several kinds
 */
export interface SourceHandler<Event, Live extends object = object> {
  /**
   * @returns a promise where the handler can tell: it resolves when the event is safe, and rejects when it could not be
   *   kept. A source that responds to its sender may wait for it.
   */
  event(event: Event): Promise<void> | void;
  /** Called for every change, and for every change of what `Live` holds. */
  state(state: SourceState<Live>): void;
  /** A new failure. A source reports a fault once, and again only after it was over. */
  failure(error: SurveillanceError): void;
  /** The source skipped something and goes on. Warnings may be frequent. */
  warning(text: string): void;
}

/** Delivers events. */
export interface Source {
  /**
   * Stops for good. Resolves within 2 s, when nothing of the source runs any more.
   *
   * @param removed the source is deleted for good: undo what it set up on other systems, too. Default false
   * @throws {Error} something could not be undone
   */
  close(removed?: boolean): Promise<void>;
}

/** A source that can be started and stopped repeatedly. It is stopped at first. */
export interface StartableSource extends Source {
  readonly running: boolean;
  /** Begins to connect; does nothing while it is running. */
  start(): void;
  /** Resolves when it is stopped, within 2 s. */
  stop(): Promise<void>;
}
