import type { Node } from "node-red";
import type { Source, SourceHandler, SourceState } from "../../src/events/source";
import { onClose, reportError } from "./guard";
import { showError, type ShowStatus, type StatusLook } from "./status";
import { throttledWarning } from "./warnings";

/** A status: its look, its key in the node's catalogue, and the values of the key's placeholders. */
export type Shown = readonly [look: StatusLook, text: string, values?: Record<string, string | number>];

export interface ShowSourceOptions<Live extends object> {
  node: Node;
  /** Of the node; of its webhook endpoint where it has one, so that what keeps posts away stays shown. */
  status: ShowStatus;
  /** The text of a connected source that has delivered something, with `count`; default "events". */
  counted?: string;
  /** Whether the count begins anew with each connection. Default: it goes on. */
  countsAnew?: boolean;
  /**
   * What this node shows in place of the usual.
   *
   * @param count how many events were counted
   * @returns undefined for the usual
   */
  show?: (state: SourceState<Live>, count: number) => Shown | undefined;
}

/** A source's handler but for its events, and the node's part in what is shown. */
export interface ShownSource<Live extends object> extends Omit<SourceHandler<never, Live>, "event"> {
  /** Counts events that users wait for; heartbeats are not among them. */
  count: (events?: number) => void;
  /** Shows the state again: what `show` looks at has changed. */
  refresh: () => void;
}

/** States in which events arrive. */
const OPEN: ReadonlySet<SourceState["kind"]> = new Set<SourceState["kind"]>([
  "waiting",
  "connected",
  "quiet",
]);
/** Node-RED's users expect a deploy to be through by then. */
const CLOSE_MS = 2000;

/**
 * Shows what a source does as the status of its node, reports its failures so that Catch nodes hear them, and logs its
 * warnings, each at most once a minute. The node gives the result to its source, with what it does with events:
 *
 *     const shown = showSource<object>({ node, status });
 *     const source = new IsapiEventSource(device, options, { ...shown, event });
 *     closeWithNode(node, source);
 */
export function showSource<Live extends object = object>(
  options: ShowSourceOptions<Live>,
): ShownSource<Live> {
  const { node, status, counted = "events", countsAnew = false, show } = options;
  let state: SourceState<Live> | undefined;
  let count = 0;
  const refresh = (): void => {
    if (state === undefined) return;
    const shown = show?.(state, count) ?? usual(state, counted, count);
    if (shown === "error") showError(status, "error" in state ? state.error : undefined);
    else status(...shown);
  };
  return {
    refresh,
    state: (next) => {
      state = next;
      if (next.kind === "connecting" && countsAnew) count = 0;
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

function usual(state: SourceState, counted: string, count: number): Shown | "error" {
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
 * Closes sources with their node. A source that takes longer than 2 s does not hold up the deploy: the log says so, and
 * it goes on closing.
 */
export function closeWithNode(node: Node, ...sources: Source[]): void {
  onClose(node, async (removed) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        node.warn(`Not closed after ${CLOSE_MS / 1000} s. The deploy goes on.`);
        resolve();
      }, CLOSE_MS);
    });
    const closed = Promise.all(sources.map((source) => source.close(removed)));
    await Promise.race([closed, late]).finally(() => {
      clearTimeout(timer);
    });
  });
}
