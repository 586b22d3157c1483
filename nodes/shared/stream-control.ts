import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/errors";
import type { StreamSource } from "../../src/rtsp/stream-url";
import type { Send } from "./guard";
import { choiceOption, textOption } from "./options";
import type { NodeParts } from "./register";
import { streamSources, type StreamLogin, type StreamSourceConfig } from "./stream-source";

/** A stream of src/rtsp that is kept running. */
export interface ControlledStream {
  readonly running: boolean;
  readonly statistics: object;
  start(): void;
  stop(): Promise<void>;
}

export interface ControlMessage extends NodeMessageInFlow {
  action?: unknown;
  url?: unknown;
}

export interface StreamControl {
  /** Does what a message asks for: start (the default), stop, restart, status. */
  take(msg: ControlMessage, send: Send): Promise<void>;
  /** Stops the stream for good. */
  close(): Promise<void> | undefined;
}

/**
 * The one stream of a node: configured, or from the URL of a message.
 *
 * @param open makes the stream, with its events wired to the node
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function streamControl<Config extends StreamSourceConfig>(
  parts: NodeParts<Config, StreamLogin>,
  autostart: boolean,
  open: (source: StreamSource) => ControlledStream,
): StreamControl {
  const { configured, fromUrl } = streamSources(parts);
  let closed = false;
  let stream = configured === undefined ? undefined : open(configured);
  if (autostart) stream?.start();
  if (stream?.running !== true) parts.status("idle", "stopped");

  /** The stream that a message means; one from another URL takes the place of the present one. */
  const streamFor = async (url: unknown): Promise<ControlledStream> => {
    if (configured === undefined && textOption(url) !== undefined) {
      const next = open(fromUrl(url));
      const previous = stream;
      stream = next;
      await previous?.stop();
    }
    if (stream !== undefined) return stream;
    throw new SurveillanceError("CONFIG_INVALID", "msg.url is missing: there is no stream to start yet.");
  };

  return {
    async take(msg, send) {
      const { action, url, ...rest } = msg;
      const wish = choiceOption("msg.action", action, ["start", "stop", "restart", "status"], "start");
      if (wish === "status") {
        send({ ...rest, payload: stream?.statistics ?? { state: "stopped" } });
        return;
      }
      if (wish !== "start") await stream?.stop();
      if (wish === "stop") return;
      const wanted = await streamFor(url);
      if (!closed) wanted.start();
    },
    close() {
      closed = true;
      return stream?.stop();
    },
  };
}
