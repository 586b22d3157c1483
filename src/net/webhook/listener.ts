import type { IncomingHttpHeaders } from "node:http";
import type { SurveillanceError } from "../../core/errors";
import type { Authenticator } from "../auth/authenticator";
import type { AllowList } from "./allow-list";

/** One post, completely received. */
export interface WebhookPost {
  body: Buffer;
  /** Address of the connection, or the one that a trusted proxy names. */
  sender: string;
  path: string;
  contentType: string | undefined;
}

export interface WebhookResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Takes the posts to some paths. Several listeners may share a path: each of them gets every post. */
export interface WebhookListener {
  /** `/events`; `/events/*` for any one segment behind it. */
  paths: readonly string[];
  allow: AllowList;
  /** Reverse proxies whose `X-Forwarded-For` is believed. Without them, the sender is the address of the connection. */
  proxies?: AllowList | undefined;
  authenticator?: Authenticator;
  /** Bytes */
  maxBytes: number;
  /** The result is the response, so it resolves when the post is safe. A rejection becomes a response with 500. */
  receive: (post: WebhookPost) => Promise<WebhookResponse>;
  /** Recognizes a post by which this side tests its own address. It gets a response wherever it comes from, and goes no further. */
  isOwnTest?: (headers: IncomingHttpHeaders) => boolean;
  /** Called for a post that did not get to `receive`. */
  refused: (error: SurveillanceError, sender: string) => void;
}
