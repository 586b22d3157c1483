/** What a look at the platform's subscription and a test post brought to light: plain data, for the editor. */
export interface CallbackReport {
  subscription: SubscriptionReport;
  post: CallbackPost;
}

/** The event types of ours that the platform posts here, and where else it posts any of them; or why that cannot be told. */
export type SubscriptionReport =
  { ok: true; wanted: number; there: number; elsewhere: string[] } | { ok: false; message: string };

/** How a test post to the callback address went. */
export type CallbackPost = { ok: true; durationMs: number } | { ok: false; message: string };
