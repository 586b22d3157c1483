/** What keeps a server from being used, as a person has to look for it. */
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

/** Plain data, so that the editor can be given it as it is. */
export type ConnectionReport =
  | { ok: true; product: string; version: string; durationMs: number; clockAheadSeconds?: number }
  | { ok: false; problem: ConnectionProblem; code: string; message: string };
