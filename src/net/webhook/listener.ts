import type { IncomingHttpHeaders } from "node:http";
import type { SurveillanceError } from "../../core/errors";
import type { Authenticator } from "../auth/authenticator";
import type { AllowList } from "./allow-list";

/** One post, completely received. */
export interface WebhookPost {
  body: Buffer;
  /** Address of the connection, or the address that a trusted proxy names. */
  sender: string;
  path: string;
  contentType: string | undefined;
}

export interface WebhookResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Receives the posts to some paths. Several listeners may share a path: each of them gets every post. */
export interface WebhookListener {
  /** `/events`, or `/events/*` for exactly one further segment. */
  paths: readonly string[];
  allow: AllowList;
  /** Trusted reverse proxies: their `X-Forwarded-For` names the sender. Default: the address of the connection. */
  proxies?: AllowList | undefined;
  authenticator?: Authenticator;
  /** Bytes */
  maxBytes: number;
  /** Returns the response, so it resolves when the post is stored. A rejection becomes a response with status 500. */
  receive: (post: WebhookPost) => Promise<WebhookResponse>;
  /** Recognizes a test post of this process. It gets a response whatever its sender, and is not passed to `receive`. */
  isOwnTest?: (headers: IncomingHttpHeaders) => boolean;
  /** Called for a post that was refused before `receive`. */
  refused: (error: SurveillanceError, sender: string) => void;
}
