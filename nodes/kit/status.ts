import type { Node, NodeAPI, NodeStatusFill, NodeStatusShape } from "node-red";
import { SurveillanceError } from "../../src/core/errors";

/** The meaning of each status dot, the same in every node of the package. */
const looks = {
  idle: { fill: "grey", shape: "ring" },
  connecting: { fill: "yellow", shape: "ring" },
  busy: { fill: "blue", shape: "dot" },
  ok: { fill: "green", shape: "dot" },
  warning: { fill: "yellow", shape: "dot" },
  error: { fill: "red", shape: "ring" },
} as const satisfies Record<string, { fill: NodeStatusFill; shape: NodeStatusShape }>;

export type StatusLook = keyof typeof looks;

/** Shows a status: `text` is a key below `status.` in the node's message catalogue, `values` fill its placeholders. */
export type ShowStatus = (look: StatusLook, text: string, values?: Record<string, string | number>) => void;

/** Minimum time between two statuses that differ only in numbers: a busy node would flood every open editor. */
const MIN_INTERVAL_MS = 1000;

/**
 * Returns the function that shows a node's status. Texts are translated here, in the runtime, because the editor cannot
 * fill placeholders. A change of look or text shows at once, a change of numbers at most once a second. The last status
 * always shows.
 */
export function statusOf(RED: NodeAPI, node: Node): ShowStatus {
  let kind = "";
  let shown = "";
  let shownAt = 0;
  let pending: NodeJS.Timeout | undefined;
  node.on("close", () => {
    clearTimeout(pending);
  });

  return (look, key, values = {}) => {
    const sameKind = `${look}:${key}` === kind;
    kind = `${look}:${key}`;
    const show = (): void => {
      // Translated only now, because most statuses of a busy node are never shown.
      const text = RED._(`status.${key}`, values);
      shownAt = Date.now();
      if (`${look}:${text}` === shown) return;
      shown = `${look}:${text}`;
      node.status({ ...looks[look], text });
    };
    clearTimeout(pending);
    // The system's clock may be set back meanwhile.
    const wait = sameKind ? Math.min(MIN_INTERVAL_MS, shownAt + MIN_INTERVAL_MS - Date.now()) : 0;
    if (wait > 0) pending = setTimeout(show, wait);
    else show();
  };
}

/** Shows an error as the short text of its code in the catalogue. The whole message is in the log. */
export function showError(status: ShowStatus, error: unknown): void {
  status("error", `error.${error instanceof SurveillanceError ? error.code : "OTHER"}`);
}
