import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError, toError } from "../../core/errors";
import { Once } from "../../core/once";
import type { Source, SourceHandler } from "../../events/source";
import type { IsapiClient } from "../connection/client";
import { readText, type IsapiResponse } from "../connection/messages";
import { statusError } from "../connection/response-status";
import { keepOpen } from "../stream/keep-open";
import type { Part } from "../stream/part-parser";
import { readStream } from "../stream/read-stream";
import { requireThermal } from "./capabilities";
import { readUpload, type ThermalReading } from "./readings";

/** The content of one part of the stream. */
export interface RealtimeUpload {
  readings: ThermalReading[];
  /** The JSON as the camera sent it. */
  raw: string;
}

export interface RealtimeOptions {
  client: IsapiClient;
  /** The thermal channel: 2 for a camera with two lenses. */
  channel: string;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random?: () => number;
}

/** Receives the real-time temperatures of a channel until it is closed. Source: thermal guide. */
export class RealtimeThermometry implements Source {
  readonly #client: IsapiClient;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #where: string;
  readonly #handler: SourceHandler<RealtimeUpload>;
  readonly #stop = new AbortController();
  readonly #reported = new Once(1);
  readonly #running: Promise<void>;

  constructor(
    { client, channel, clock = systemClock, random = Math.random }: RealtimeOptions,
    handler: SourceHandler<RealtimeUpload>,
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#clock = clock;
    this.#where = `The real-time thermometry of channel ${channel} at ${client.where}`;
    this.#handler = handler;
    this.#running = keepOpen({
      ...{ client, where: this.#where, clock, random, signal: this.#stop.signal },
      read: async () => {
        await this.#readOnce();
        return "in a moment";
      },
      state: (state) => {
        handler.state(state);
        if (state.kind === "retrying" && this.#reported.first(state.error.code)) handler.failure(state.error);
      },
    });
  }

  close(): Promise<void> {
    this.#stop.abort();
    return this.#running;
  }

  /**
   * Opens the stream and reads it until the device ends it.
   *
   * @throws {SurveillanceError} if it contained no temperatures; {Error} if the connection fails
   */
  async #readOnce(): Promise<void> {
    const { signal } = this.#stop;
    await requireThermal(this.#client, "realtime", signal);
    let uploads = 0;
    const end = await readStream({
      ...{ client: this.#client, where: this.#where, clock: this.#clock, signal },
      open: (stop) => this.#open(stop),
      opened: () => {
        this.#reported.clear();
        this.#handler.state({ kind: "connected" });
      },
      part: (part) => {
        if (this.#take(part)) uploads += 1;
        return true;
      },
      warning: (text) => {
        this.#handler.warning(text);
      },
    });
    if (uploads > 0) return;
    throw end !== "reopen" && end.bytes > 0
      ? new SurveillanceError("ISAPI_REPLY", `${this.#where}: the response contains no temperatures.`)
      : new SurveillanceError("CONNECTION_LOST", `${this.#where} ended without a temperature.`);
  }

  async #open(signal: AbortSignal): Promise<IsapiResponse> {
    const response = await this.#client.request({
      path: `/ISAPI/Thermal/channels/${this.#channel}/thermometry/realTimethermometry/rules?format=json`,
      connection: "stream",
      signal,
    });
    if (response.status === 200) return response;
    throw statusError(response.status, await readText(response.body), this.#where);
  }

  /** Reports the temperatures of a part. @returns whether it has any */
  #take({ kind, body }: Part): boolean {
    if (kind !== "json") {
      this.#handler.warning("Ignored a part without temperatures.");
      return false;
    }
    try {
      const json = body.toString();
      void this.#handler.event({ readings: readUpload(json), raw: json });
      return true;
    } catch (thrown) {
      this.#handler.warning(toError(thrown).message);
      return false;
    }
  }
}
