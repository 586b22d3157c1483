/** What a server's client does unless told otherwise. The editor shows these, so this file imports nothing. */

/** Requests that are under way at once. */
export const DEFAULT_CONCURRENCY = 8;
/** Requests of one user that wait for their turn. */
export const DEFAULT_PENDING = 10_000;
