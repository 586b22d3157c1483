import type { Node } from "node-red";
import { Once } from "../../src/core/once";
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
 * Returns functions that report each problem once, so that a faulty sender does not fill the log with every post.
 *
 * @param redact removes secrets from a text of another system
 */
export function complaintsOf(node: Node, redact: (text: string) => string = (text) => text): Complaints {
  const known = new Once();
  return {
    error: (error, about) => {
      if (!known.first(about)) return;
      error.message = redact(error.message);
      error.stack = redact(error.stack ?? "");
      reportError(node, error);
    },
    warning: (text) => {
      if (known.first(text)) node.warn(redact(text));
    },
    over: (about) => {
      if (about === undefined) known.clear();
      else known.forget(about);
    },
  };
}
