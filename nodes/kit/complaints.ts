import type { Node } from "node-red";
import { Once } from "../../src/core/once";
import { reportError } from "./guard";

/** What a node says about others: senders, a subscription, a device's settings. */
export interface Complaints {
  /** Reports an error, once for what it is about, until that is over. */
  error: (error: Error, about: string) => void;
  /** Warns, once of the same text. */
  warning: (text: string) => void;
  /** It is well again, or without `about` everything is: its next failure is news. */
  over: (about?: string) => void;
}

/**
 * Reports so that one faulty sender does not fill the log: it repeats its fault with every post.
 *
 * @param redact takes secrets out of a text that others wrote
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
