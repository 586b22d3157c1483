import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { StreamSource } from "../../src/rtsp/stream-url";
import type { Send } from "../kit/guard";
import { choiceOption, textOption } from "../kit/options";
import type { NodeParts } from "../kit/register";
import { streamSources, type StreamLogin, type StreamSourceConfig } from "./stream-source";

/** A stream of src/rtsp that is kept running. */
export interface ControlledStream {
  readonly running: boolean;
  readonly statistics: object;
  start(): void;
  stop(): Promise<void>;
  /** Stops for good; where there is none, `stop` does. */
  close?(): Promise<void>;
}

export interface ControlMessage extends NodeMessageInFlow {
  action?: unknown;
  url?: unknown;
}

export interface StreamControl {
  /** Does what a message asks for: start (the default), stop, restart, status, or an action of the node. */
  take(msg: ControlMessage, send: Send): Promise<void>;
  /** Stops the stream for good. */
  close(): Promise<void>;
}

/** What a node has its stream do for messages of this action; one that has the message's URL goes on as it is. */
export type StreamActions<Stream> = Record<string, StreamAction<Stream>>;
type StreamAction<Stream> = (stream: Stream, msg: NodeMessageInFlow) => Promise<void>;

const common = ["start", "stop", "restart", "status"];

/**
 * The one stream of a node: configured, or from the URL of a message.
 *
 * @param open makes the stream, with its events wired to the node
 * @param actions beyond those of every stream
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function streamControl<Config extends StreamSourceConfig, Stream extends ControlledStream>(
  parts: NodeParts<Config, StreamLogin>,
  autostart: boolean,
  open: (source: StreamSource) => Stream,
  actions: StreamActions<Stream> = {},
): StreamControl {
  const { configured, fromUrl } = streamSources(parts);
  let closed = false;
  /** What the last message named. */
  let present: string | undefined;
  /** Counts the messages that start or stop: the last one decides, whatever the others still wait for. */
  let wishes = 0;
  let stream = configured === undefined ? undefined : open(configured);
  /** The one before, which may still be about to stop. */
  let replaced: Stream | undefined;
  if (autostart) stream?.start();
  if (stream?.running !== true) parts.status("idle", "stopped");

  /**
   * What a message's URL names; undefined where the stream that there is will do.
   * @throws {SurveillanceError} CONFIG_INVALID, before anything is stopped for it
   */
  const sourceOf = (url: unknown): StreamSource | undefined => {
    if (configured === undefined && textOption(url) !== undefined) return fromUrl(url);
    if (stream !== undefined) return undefined;
    throw new SurveillanceError("CONFIG_INVALID", "msg.url is missing: there is no stream to start yet.");
  };

  /** Puts the stream of a source in the place of the present one. */
  const replace = async (source: StreamSource): Promise<void> => {
    present = source.url;
    replaced = stream;
    stream = open(source);
    await replaced?.stop();
  };

  const run = async (act: StreamAction<Stream>, { url, ...msg }: ControlMessage): Promise<void> => {
    const source = sourceOf(url);
    const asked = wishes;
    if (source !== undefined && source.url !== present) await replace(source);
    if (closed || stream === undefined) return;
    const isAnother = source !== undefined && source.url !== present;
    if (isAnother || asked !== wishes) {
      throw new SurveillanceError(
        "CLOSED",
        "The stream was stopped, or another took its place, before this began.",
      );
    }
    await act(stream, msg);
  };

  return {
    async take(msg, send) {
      const { action, url, ...rest } = msg;
      const wish = choiceOption("msg.action", action, [...common, ...Object.keys(actions)], "start");
      const act = actions[wish];
      if (act !== undefined) {
        await run(act, { ...rest, url });
        return;
      }
      if (wish === "status") {
        send({ ...rest, payload: stream?.statistics ?? { state: "stopped" } });
        return;
      }
      const source = wish === "stop" ? undefined : sourceOf(url);
      const mine = ++wishes;
      if (wish !== "start") await stream?.stop();
      if (source !== undefined && mine === wishes) await replace(source);
      if (wish !== "stop" && !closed && mine === wishes) stream?.start();
    },
    async close() {
      closed = true;
      await Promise.all([shut(replaced), shut(stream)]);
    },
  };
}

async function shut(stream: ControlledStream | undefined): Promise<void> {
  await (stream?.close === undefined ? stream?.stop() : stream.close());
}
