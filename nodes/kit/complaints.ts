import type { Node } from "node-red";
import { Once } from "../../src/core/once";
import { networkOf } from "../../src/net/webhook/sender";
import { reportError } from "./guard";

/** Reports of a node about other systems: senders, a subscription, the settings of a device. */
export interface Complaints {
  /** Reports an error, once per subject until `over`. */
  error: (error: Error, about: string) => void;
  /** Logs a warning, once per text. */
  warning: (text: string) => void;
  /** Marks a subject, or without `about` all subjects, as working: its next error is reported again. */
  over: (about?: string) => void;
}

/**
 * Returns functions that report each problem once, so that a faulty sender does not fill the log with every post. The
 * addresses of an IPv6 network are one sender: it could use another one for each post.
 *
 * @param redact removes secrets from a text of another system
 */
export function complaintsOf(node: Node, redact: (text: string) => string = (text) => text): Complaints {
  const known = new Once();
  return {
    error: (error, about) => {
      if (!known.first(networkOf(about))) return;
      redactChain(error, redact);
      reportError(node, error);
    },
    warning: (text) => {
      if (known.first(text)) node.warn(redact(text));
    },
    over: (about) => {
      if (about === undefined) known.clear();
      else known.forget(networkOf(about));
    },
  };
}

/** Removes secrets from an error and its causes: a Catch node receives all of them. */
function redactChain(error: Error, redact: (text: string) => string): void {
  const seen = new Set<unknown>();
  for (let next: unknown = error; next instanceof Error && !seen.has(next); next = next.cause) {
    seen.add(next);
    next.message = redact(next.message);
    next.stack = redact(next.stack ?? "");
  }
}
