import { steadyClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import { sendCommand, isConfirmation, mayHaveTakenEffect, readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { readText } from "../connection/messages";
import { listOf, textOf, type Fields } from "../../core/fields";
import { IsapiError, statusError } from "../connection/response-status";
import { buildXml, contentOf, parseXml } from "../documents/xml";
import { codecs, codecOf, readAudioChannel, type AudioChannel, type Codec } from "./audio-channel";
import { BYTES_PER_SECOND, encodeClip } from "./clip";
import { sendPaced } from "./pace";

export interface TwoWayAudioOptions {
  /** Paces the sound. Default: a clock that is never set. */
  clock?: Clock;
  /** The path of ffmpeg from the settings. */
  ffmpeg?: string | undefined;
}

export interface SpeakOptions {
  signal?: AbortSignal | undefined;
  /** Closes the connection of another client on this channel. Default: false. */
  takeOver?: boolean | undefined;
}

export interface PlayedClip {
  channel: string;
  codec: Codec;
  seconds: number;
}

const CHANNELS = "/ISAPI/System/TwoWayAudio/channels";
/** Appended, so that the device plays the end of the clip before the channel is closed. */
const SILENCE_SECONDS = 0.4;
/** Closing must not delay a redeploy. */
const CLOSE_MS = 1500;
const BUSY = /busy|inUse|occup/i;

/** Plays clips over the loudspeakers of a device. Source: ISAPI guide, two-way audio. */
export class TwoWayAudio {
  readonly #client: IsapiClient;
  readonly #clock: Clock;
  readonly #ffmpeg: string | undefined;
  /** The open channels, with the session id if the device sent one. */
  readonly #sessions = new Map<string, string | undefined>();
  readonly #clips = new Serial();
  #disposed: Promise<unknown> | undefined;

  constructor(client: IsapiClient, { clock, ffmpeg }: TwoWayAudioOptions = {}) {
    this.#client = client;
    this.#clock = clock ?? steadyClock;
    this.#ffmpeg = ffmpeg;
  }

  /**
   * Lists the channels.
   *
   * @throws {SurveillanceError} ISAPI_NOT_FOUND if the device has no two-way audio, or what the client throws
   */
  async channels(signal?: AbortSignal): Promise<AudioChannel[]> {
    const list = await readResponse(this.#client, { path: CHANNELS, signal }, (body) =>
      contentOf(parseXml(body.toString()), /^TwoWayAudioChannelList$/i),
    );
    return listOf(list.TwoWayAudioChannel).flatMap((fields) => readAudioChannel(fields) ?? []);
  }

  /** Returns one channel. @throws {SurveillanceError} ISAPI_NOT_FOUND, or what the client throws */
  async channel(id: string, signal?: AbortSignal): Promise<AudioChannel> {
    const { content } = await this.#document(id, signal);
    return readAudioChannel(content) ?? { id };
  }

  /**
   * Sets the volume of the device's loudspeaker.
   *
   * @param volume 0 to 100
   * @throws {SurveillanceError} ISAPI_NOT_FOUND if the channel has no volume, or what the client throws
   */
  async setVolume(id: string, volume: number, signal?: AbortSignal): Promise<AudioChannel> {
    const { root, content } = await this.#document(id, signal, { attributes: true });
    if (content.speakerVolume === undefined) {
      throw new SurveillanceError(
        "ISAPI_NOT_FOUND",
        `Audio channel ${id} at ${this.#where} has no volume setting.`,
      );
    }
    // Devices expect their complete document.
    const changed: Fields = { ...content, speakerVolume: String(volume) };
    await this.#put(`${CHANNELS}/${id}`, signal, buildXml({ [root]: changed }));
    return readAudioChannel(changed) ?? { id };
  }

  /**
   * Opens a channel. Until `close`, other clients cannot use it.
   *
   * @throws {SurveillanceError} ISAPI_BUSY if another client uses it, or what the client throws
   */
  async open(id: string, { signal, takeOver }: SpeakOptions = {}): Promise<void> {
    const path = `${CHANNELS}/${checked(id)}`;
    if (this.#sessions.has(id)) return;
    if (takeOver === true) await this.#put(`${path}/close`, signal).catch(unlessRefused);
    const request = { method: "PUT", path: `${path}/open`, signal };
    try {
      this.#sessions.set(id, await readResponse(this.#client, request, (body) => sessionIn(body.toString())));
    } catch (thrown) {
      // If only the response was lost, the channel is open, and would stay in use, also for this node.
      if (mayHaveTakenEffect(thrown)) await this.#hangUp(id);
      throw this.#explain(thrown, id);
    }
  }

  /** Closes a channel, even if another client has opened it. */
  async close(id: string, signal?: AbortSignal): Promise<void> {
    this.#sessions.delete(id);
    await this.#put(`${CHANNELS}/${checked(id)}/close`, signal);
  }

  /**
   * Plays a clip over a channel, in real time, after all earlier clips. Resolves at its end.
   *
   * @param clip the bytes of a file that ffmpeg supports, or the path of such a file
   * @throws {SurveillanceError} ISAPI_BUSY, ISAPI_AUDIO_CODEC, ISAPI_NOT_FOUND, FFMPEG_*, TOO_LARGE, CONNECTION_LOST,
   * CLOSED, or what the client throws
   */
  play(
    id: string,
    clip: Buffer | string,
    options: SpeakOptions & { onProgress?: (share: number) => void } = {},
  ): Promise<PlayedClip> {
    return this.#clips.run(() => this.#play(id, clip, options));
  }

  /** Closes the open channels, after all earlier clips. Further calls wait for the same. */
  async dispose(): Promise<void> {
    this.#disposed ??= this.#clips.run(() =>
      Promise.all([...this.#sessions.keys()].map((id) => this.#hangUp(id))),
    );
    await this.#disposed;
  }

  async #play(
    id: string,
    clip: Buffer | string,
    { onProgress, ...options }: SpeakOptions & { onProgress?: (share: number) => void },
  ): Promise<PlayedClip> {
    const { signal } = options;
    if (signal?.aborted === true) throw new SurveillanceError("CLOSED", "Playback was cancelled.");
    const codec = codecOf(await this.channel(id, signal), this.#where);
    const sound = await encodeClip(clip, codec, { ffmpeg: this.#ffmpeg, signal });
    const silence = Buffer.alloc(SILENCE_SECONDS * BYTES_PER_SECOND, codecs[codec].silence);
    let keep = this.#sessions.has(id);
    try {
      await this.open(id, options);
      await this.#speak(id, Buffer.concat([sound, silence]), signal, onProgress);
    } catch (thrown) {
      // The device may have ended the session.
      keep = false;
      throw thrown;
    } finally {
      if (!keep && this.#sessions.has(id)) await this.#hangUp(id);
    }
    return { channel: id, codec, seconds: sound.length / BYTES_PER_SECOND };
  }

  async #speak(
    id: string,
    sound: Buffer,
    signal: AbortSignal | undefined,
    onProgress: ((share: number) => void) | undefined,
  ): Promise<void> {
    const session = this.#sessions.get(id);
    const query = session === undefined ? "" : `?sessionId=${encodeURIComponent(session)}`;
    const { status, body, socket } = await this.#client.request({
      method: "PUT",
      path: `${CHANNELS}/${id}/audioData${query}`,
      headers: { "content-type": "application/octet-stream" },
      signal,
      connection: "talk",
    });
    if (socket === undefined) {
      const text = await readText(body);
      throw this.#explain(statusError(status, text, `The audio of channel ${id} at ${this.#where}`), id);
    }
    try {
      await sendPaced(socket, sound, { clock: this.#clock, where: this.#where, signal, onProgress });
      // Some of the clip may still be in this process's buffer.
      await new Promise<void>((resolve) => {
        socket.end(resolve);
      });
    } finally {
      socket.destroy();
    }
  }

  /** Closes a channel, also while the node closes. Never rejects: the result of the clip counts. */
  async #hangUp(id: string): Promise<void> {
    await this.close(id, AbortSignal.timeout(CLOSE_MS)).catch(() => undefined);
  }

  #document(
    id: string,
    signal: AbortSignal | undefined,
    options: { attributes?: boolean } = {},
  ): Promise<{ root: string; content: Fields }> {
    const request = { path: `${CHANNELS}/${checked(id)}`, signal };
    return readResponse(this.#client, request, (body) => {
      const document = parseXml(body.toString(), options);
      return { root: document.root, content: contentOf(document, /^TwoWayAudioChannel$/i) };
    });
  }

  async #put(path: string, signal: AbortSignal | undefined, body?: string): Promise<void> {
    const headers = body === undefined ? {} : { headers: { "content-type": "application/xml" } };
    await sendCommand(this.#client, { method: "PUT", path, body, signal, ...headers });
  }

  #explain(thrown: unknown, id: string): unknown {
    const { code, subStatusCode } = thrown as Partial<IsapiError>;
    const busy = code === "ISAPI_BUSY" || code === "ISAPI_CONNECTION_LIMIT" || BUSY.test(subStatusCode ?? "");
    if (!(thrown instanceof IsapiError) || !busy) return thrown;
    const { httpStatus, statusCode } = thrown;
    const status = { statusCode, subStatusCode, statusString: undefined, errorMsg: undefined };
    return new IsapiError(
      "ISAPI_BUSY",
      `Audio channel ${id} at ${this.#where} is in use by another client.`,
      {
        httpStatus,
        status,
        advice: 'Try again later, or switch on "Take over".',
      },
    );
  }

  get #where(): string {
    return this.#client.where;
  }
}

/** Checks a channel's id. @throws {SurveillanceError} CONFIG_INVALID */
function checked(id: string): string {
  if (/^\d{1,3}$/.test(id) && Number(id) > 0) return id;
  throw new SurveillanceError("CONFIG_INVALID", `"${id}" is not an audio channel.`, {
    advice: "On most devices, use 1.",
  });
}

/** Reads the session id of a response; undefined for a plain OK. */
function sessionIn(response: string): string | undefined {
  if (isConfirmation(response)) return undefined;
  return textOf(contentOf(parseXml(response), /^TwoWayAudioSession$/i), "sessionId", "sessionID");
}

/** Ignores the refusal of a device that has nothing to close. */
function unlessRefused(thrown: unknown): void {
  if (!(thrown instanceof IsapiError)) throw thrown;
}
