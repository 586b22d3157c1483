import type { Node } from "node-red";
import type { Source, SourceHandler, SourceState } from "../../src/events/source";
import { onClose, reportError } from "./guard";
import { showError, type ShowStatus, type StatusLook } from "./status";
import { throttledWarning } from "./warnings";

/** A status: its look, its key in the node's catalogue, and the values of the placeholders. */
export type Shown = readonly [look: StatusLook, text: string, values?: Record<string, string | number>];

export interface ShowSourceOptions<Live extends object> {
  node: Node;
  /** The status of the node, or of its webhook endpoint, which keeps an obstacle to posts visible. */
  status: ShowStatus;
  /** Status text of a connected source that has delivered events, with `count`. Default "events". */
  counted?: string;
  /** Whether each connection resets the count. Default false. */
  resetsCount?: boolean;
  /**
   * Returns a status that replaces the default one.
   *
   * @param count number of counted events
   * @returns undefined for the default
   */
  show?: (state: SourceState<Live>, count: number) => Shown | undefined;
}

/** A source's handler without `event`, and functions that update the status. */
export interface ShownSource<Live extends object> extends Omit<SourceHandler<never, Live>, "event"> {
  /** Adds to the count of events. Heartbeats are not counted. */
  count: (events?: number) => void;
  /** Shows the state again, after a change of the data that `show` uses. */
  refresh: () => void;
}

/** States in which events can arrive. */
const OPEN: ReadonlySet<SourceState["kind"]> = new Set<SourceState["kind"]>([
  "waiting",
  "connected",
  "quiet",
]);
/** The longest wait for a source: users expect a quick deploy. */
const CLOSE_MS = 2000;

/**
 * Shows the state of a source as the status of its node, reports its failures to Catch nodes, and logs its warnings,
 * each at most once a minute. The node passes the result to its source, together with its handler of events:
 *
 *     const shown = showSource<object>({ node, status });
 *     const source = new IsapiEventSource(device, options, { ...shown, event });
 *     closeWithNode(node, source);
 */
export function showSource<Live extends object = object>(
  options: ShowSourceOptions<Live>,
): ShownSource<Live> {
  const { node, status, counted = "events", resetsCount = false, show } = options;
  let state: SourceState<Live> | undefined;
  let count = 0;
  const refresh = (): void => {
    if (state === undefined) return;
    const shown = show?.(state, count) ?? defaultStatus(state, counted, count);
    if (shown === "error") showError(status, "error" in state ? state.error : undefined);
    else status(...shown);
  };
  return {
    refresh,
    state: (next) => {
      state = next;
      if (next.kind === "connecting" && resetsCount) count = 0;
      refresh();
    },
    failure: (error) => {
      reportError(node, error);
    },
    warning: throttledWarning(node),
    count: (events = 1) => {
      count += events;
      if (state !== undefined && OPEN.has(state.kind)) refresh();
    },
  };
}

function defaultStatus(state: SourceState, counted: string, count: number): Shown | "error" {
  switch (state.kind) {
    case "stopped":
      return ["idle", "stopped"];
    case "connecting":
    case "waiting":
      return ["connecting", state.kind];
    case "connected":
      return count === 0 ? ["ok", "connected"] : ["ok", counted, { count }];
    case "quiet":
      return ["warning", "quiet"];
    case "retrying":
    case "failed":
      return "error";
  }
}

/**
 * Closes sources with their node. If a source needs longer than 2 s, the deploy continues with a warning, and the
 * source closes in the background.
 */
export function closeWithNode(node: Node, ...sources: Source[]): void {
  onClose(node, async (removed) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        node.warn(`Closing takes longer than ${CLOSE_MS / 1000} s. The deploy continues.`);
        resolve();
      }, CLOSE_MS);
    });
    const closed = Promise.all(sources.map((source) => source.close(removed)));
    await Promise.race([closed, late]).finally(() => {
      clearTimeout(timer);
    });
  });
}
