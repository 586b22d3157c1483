import { SurveillanceError } from "../../src/core/errors";
import { parseStreamUrl, type StreamSource } from "../../src/rtsp/stream-url";
import { deviceStreamOf } from "../isapi/device-node";
import { choiceOption, numberOption, textOption } from "../kit/options";
import type { NodeParts } from "../kit/register";

/** Where a node takes its stream from, as the editor saved it. */
export interface StreamSourceConfig {
  source?: unknown;
  url?: unknown;
  /** Id of an isapi-config node. */
  device?: unknown;
  channel?: unknown;
  rtspPort?: unknown;
}

export interface StreamLogin {
  username: string;
  password: string;
}

export interface StreamSources {
  /** Undefined where the URL comes with a message. */
  configured: StreamSource | undefined;
  /** @throws {SurveillanceError} CONFIG_INVALID */
  fromUrl: (url: unknown) => StreamSource;
}

const STREAM = { min: 1, max: 99_999, integer: true };
const PORT = { min: 1, max: 65_535, integer: true };

/** @throws {SurveillanceError} CONFIG_INVALID when a URL or device is needed and missing or unusable */
export function streamSources<Config extends StreamSourceConfig>({
  RED,
  config,
  credentials,
}: NodeParts<Config, StreamLogin>): StreamSources {
  const username = textOption(credentials.username);
  const fromUrl = (url: unknown): StreamSource => {
    const text = textOption(url);
    if (text === undefined) throw new SurveillanceError("CONFIG_INVALID", "The stream's URL is missing.");
    return parseStreamUrl(text, { ...(username && { username }), password: credentials.password ?? "" });
  };
  const source = choiceOption("source", config.source, ["url", "isapi", "msg"], "url");
  if (source === "msg") return { configured: undefined, fromUrl };
  if (source === "url") return { configured: fromUrl(config.url), fromUrl };

  const port = numberOption("rtspPort", config.rtspPort, PORT) ?? 554;
  const { host, ...login } = deviceStreamOf(RED, config.device);
  return {
    configured: parseStreamUrl(`rtsp://${host}:${port}/Streaming/Channels/${channelOf(config)}`, login),
    fromUrl,
  };
}

/** The stream of a device: 101 is the main stream of its first channel. */
export function channelOf({ channel }: StreamSourceConfig): number {
  return numberOption("channel", channel, STREAM) ?? 101;
}
