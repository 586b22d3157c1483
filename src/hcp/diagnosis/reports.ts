/** The results of the tests: plain data, so that the editor can show them. This file imports nothing. */

/** The problems of a connection, by what a person has to check. */
export type ConnectionProblem =
  | "settings"
  | "dns"
  | "unreachable"
  | "tls"
  | "path"
  | "key"
  | "signature"
  | "clock"
  | "permission"
  | "gateway";

/** The result of a connection test. */
export type ConnectionReport =
  | { ok: true; product: string; version: string; durationMs: number; clockAheadSeconds?: number }
  | { ok: false; problem: ConnectionProblem; code: string; message: string };

/** The result of a callback test: the platform's subscription, and a test post to the callback address. */
export interface CallbackReport {
  subscription: SubscriptionReport;
  post: CallbackPost;
}

/**
 * The number of event types of the node, the number that is subscribed at its address, and the other addresses that
 * receive any of them; or the error of the check.
 */
export type SubscriptionReport =
  { ok: true; types: number; subscribed: number; otherAddresses: string[] } | { ok: false; message: string };

/** The result of a test post to the callback address. */
export type CallbackPost = { ok: true; durationMs: number } | { ok: false; message: string };
