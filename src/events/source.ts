import type { SurveillanceError } from "../core/errors";

/**
 * What a source does at this moment. A closed list, so that whoever shows it can show all of it.
 *
 * @typeParam Live what a source adds while it is connected: a frame rate, a number of subscriptions
 */
export type SourceState<Live extends object = object> =
  /** It does nothing, until somebody starts it. */
  | { kind: "stopped" }
  | { kind: "connecting" }
  /** It is open, and nothing has arrived yet. */
  | { kind: "waiting" }
  | ({ kind: "connected" } & Live)
  /** It is open, but a sign of life is overdue. */
  | { kind: "quiet" }
  /** It failed and tries again by itself in `retryMs`. `failures` counts the attempts in a row that failed. */
  | { kind: "retrying"; error: SurveillanceError; retryMs: number; failures?: number }
  /** It does not work until somebody changes something: a port that is taken, a folder that cannot be written. */
  | { kind: "failed"; error: SurveillanceError };

/**
 * Who listens to a source. A source gets its one handler in its constructor, so that no state and no event comes before
 * somebody listens. It calls the handler in order, and not at all after `close`.
 *
 * @typeParam Event what the source delivers: `{ event, raw }`, a frame, a union where there are several kinds
 */
export interface SourceHandler<Event, Live extends object = object> {
  /**
   * @returns resolves when the event is safe, and rejects when it could not be kept, where the handler can tell;
   *   a source that answers its sender may wait for it
   */
  event(event: Event): Promise<void> | void;
  /** Called for every change, and for every change of what `Live` holds. */
  state(state: SourceState<Live>): void;
  /** A failure that is news: a source reports a fault once, and again only after it was over. */
  failure(error: SurveillanceError): void;
  /** The source passed over something and goes on. May come often. */
  warning(text: string): void;
}

/** Anything that delivers events by itself. */
export interface Source {
  /**
   * Stops for good. Resolves, within 2 s, when nothing of the source runs any more.
   *
   * @param removed nobody wants these events any more: what the source set up elsewhere goes, too. Default false
   * @throws {Error} what could not be tidied up
   */
  close(removed?: boolean): Promise<void>;
}

/** A source that others may start and stop as often as they like. It is stopped at first. */
export interface StartableSource extends Source {
  readonly running: boolean;
  /** Begins to connect; does nothing while it is running. */
  start(): void;
  /** Resolves when it is stopped, within 2 s. */
  stop(): Promise<void>;
}
