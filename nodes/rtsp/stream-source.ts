import type { NodeCredentials } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { AllowedHosts } from "../../src/net/allowed-hosts";
import { hostOf, parseStreamUrl, type StreamSource } from "../../src/rtsp/stream-url";
import { deviceStreamOf } from "../isapi/device-node";
import type { NodeParts } from "../kit/define-node";
import { textOption } from "../kit/options";
import type { streamNumber, streamOptions } from "./options";

/** The options of a node with a stream. */
export type StreamOptions = typeof streamOptions & { channel: ReturnType<typeof streamNumber> };

export interface StreamLogin {
  username: string;
  password: string;
}

export const streamCredentials: NodeCredentials<StreamLogin> = {
  username: { type: "text" },
  password: { type: "password" },
};

export interface StreamSources {
  /** Undefined if messages contain the URL. */
  configured: StreamSource | undefined;
  /** @throws {SurveillanceError} CONFIG_INVALID, HOST_NOT_ALLOWED */
  fromUrl: (url: unknown) => StreamSource;
}

/** Reads the source of a stream. @throws {SurveillanceError} CONFIG_INVALID if its URL or device is missing or bad */
export function streamSources({
  RED,
  options: { source, url: configuredUrl, device, rtspPort, channel, allowedHosts },
  credentials,
}: Pick<NodeParts<StreamOptions, StreamLogin>, "RED" | "options" | "credentials">): StreamSources {
  const username = textOption(credentials.username);
  const fromUrl = (url: unknown): StreamSource => {
    const text = textOption(url);
    if (text === undefined) throw new SurveillanceError("CONFIG_INVALID", "The stream's URL is missing.");
    return parseStreamUrl(text, { ...(username && { username }), password: credentials.password ?? "" });
  };
  if (source === "msg") {
    const allowed = new AllowedHosts(allowedHosts);
    const fromMessage = (url: unknown): StreamSource => {
      const stream = fromUrl(url);
      allowed.assertAllowed(hostOf(stream));
      return stream;
    };
    return { configured: undefined, fromUrl: fromMessage };
  }
  if (source === "url") return { configured: fromUrl(configuredUrl), fromUrl };
  const { host, ...login } = deviceStreamOf(RED, device);
  return {
    configured: parseStreamUrl(`rtsp://${host}:${rtspPort}/Streaming/Channels/${channel}`, login),
    fromUrl,
  };
}
