import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import type { Source, StartableSource } from "../../src/events/source";
import type { StreamSource } from "../../src/rtsp/stream-url";
import type { NodeParts } from "../kit/define-node";
import type { Send } from "../kit/guard";
import { unfinishedError } from "../kit/unfinished";
import { choiceOption, textOption } from "../kit/options";
import { streamSources, type StreamLogin, type StreamOptions, type StreamSources } from "./stream-source";

/** A stream of src/rtsp. */
export interface ControlledStream extends StartableSource {
  readonly statistics: object;
}

export interface ControlMessage extends NodeMessageInFlow {
  action?: unknown;
  url?: unknown;
}

/** The actions of a node on its stream, by the name in `msg.action`. */
export type StreamActions<Stream> = Record<string, StreamAction<Stream>>;
type StreamAction<Stream> = (stream: Stream, msg: NodeMessageInFlow) => Promise<void>;
type ControlParts = Pick<NodeParts<StreamOptions, StreamLogin>, "RED" | "options" | "credentials" | "status">;

const commonActions = ["start", "stop", "restart", "status"];

/** Controls the one stream of a node. The stream comes from the configuration or from the URL of a message. */
export class StreamControl<Stream extends ControlledStream> implements Source {
  readonly #sources: StreamSources;
  readonly #open: (source: StreamSource) => Stream;
  readonly #actions: StreamActions<Stream>;
  #closed = false;
  /** The URL of the last message. */
  #url: string | undefined;
  /** Counts the messages that start or stop the stream. The last one decides, even if earlier ones are pending. */
  #commands = 0;
  #stream: Stream | undefined;
  /** The previous stream, which may still be stopping. */
  #replaced: Stream | undefined;

  /**
   * @param open makes the stream of a source
   * @param actions the additional actions of the node
   * @throws {SurveillanceError} CONFIG_INVALID
   */
  constructor(
    parts: ControlParts,
    open: (source: StreamSource) => Stream,
    actions: StreamActions<Stream> = {},
  ) {
    this.#sources = streamSources(parts);
    this.#open = open;
    this.#actions = actions;
    const { configured } = this.#sources;
    if (configured !== undefined) this.#stream = open(configured);
    if (parts.options.autostart) this.#stream?.start();
    if (this.#stream?.running !== true) parts.status("idle", "stopped");
  }

  /** Runs the action of a message: start (the default), stop, restart, status, or an additional action. */
  async handle({ action, url, ...msg }: ControlMessage, send: Send): Promise<void> {
    const names = [...commonActions, ...Object.keys(this.#actions)];
    const name = choiceOption("msg.action", action, names, "start");
    const act = this.#actions[name];
    if (act !== undefined) await this.#act(act, url, msg);
    else if (name === "status") send({ ...msg, payload: this.#stream?.statistics ?? { state: "stopped" } });
    else await this.#command(name, url);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#replaced?.close(), this.#stream?.close()]);
  }

  async #command(name: string, url: unknown): Promise<void> {
    const source = name === "stop" ? undefined : this.#sourceOf(url);
    const command = ++this.#commands;
    if (name !== "start") await this.#stream?.stop();
    if (source !== undefined && command === this.#commands) await this.#replace(source);
    if (name === "stop" || command !== this.#commands) return;
    if (this.#closed) throw unfinishedError();
    this.#stream?.start();
  }

  /** Runs an additional action. A stream that already has the URL of the message continues. */
  async #act(act: StreamAction<Stream>, url: unknown, msg: NodeMessageInFlow): Promise<void> {
    const source = this.#sourceOf(url);
    const commands = this.#commands;
    if (source !== undefined && source.url !== this.#url) await this.#replace(source);
    if (this.#closed) throw unfinishedError();
    if (this.#stream === undefined) return;
    const isAnother = source !== undefined && source.url !== this.#url;
    if (isAnother || commands !== this.#commands) {
      throw new SurveillanceError("CLOSED", "The stream was stopped or replaced before this began.");
    }
    try {
      await act(this.#stream, msg);
    } catch (thrown) {
      throw this.#isClosed() ? unfinishedError(toError(thrown)) : thrown;
    }
  }

  /** A function, because the compiler does not expect the field to change. */
  #isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Returns the source of the URL in a message; undefined if the message uses the current stream.
   * @throws {SurveillanceError} CONFIG_INVALID, HOST_NOT_ALLOWED, before the current stream is stopped
   */
  #sourceOf(url: unknown): StreamSource | undefined {
    if (this.#sources.configured === undefined && textOption(url) !== undefined)
      return this.#sources.fromUrl(url);
    if (this.#stream !== undefined) return undefined;
    throw new SurveillanceError("CONFIG_INVALID", "msg.url is missing: there is no stream to start.");
  }

  /** Replaces the current stream by the stream of a source. */
  async #replace(source: StreamSource): Promise<void> {
    this.#url = source.url;
    this.#replaced = this.#stream;
    this.#stream = this.#open(source);
    await this.#replaced?.stop();
  }
}
