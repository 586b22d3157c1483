import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError, toError } from "../../core/errors";
import type { IsapiClient } from "../connection/client";
import { readText, type IsapiResponse } from "../connection/messages";
import { statusError } from "../connection/response-status";
import { keepOpen, type StreamState } from "../stream/keep-open";
import type { Part } from "../stream/part-parser";
import { readStream } from "../stream/read-stream";
import { requireThermal } from "./capabilities";
import { readUpload, type ThermalReading } from "./readings";

export interface RealtimeHandler {
  readings(readings: ThermalReading[], raw: string): void;
  state(state: StreamState): void;
  warning(text: string): void;
}

export interface RealtimeOptions {
  client: IsapiClient;
  /** Of a camera with two lenses, the thermal one: 2. */
  channel: string;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter. */
  random?: () => number;
}

/** Keeps a channel's real-time temperatures coming, until it is closed. Source: thermal guide. */
export class RealtimeThermometry {
  readonly #client: IsapiClient;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #where: string;
  readonly #handler: RealtimeHandler;
  readonly #stop = new AbortController();

  constructor(
    { client, channel, clock = systemClock, random = Math.random }: RealtimeOptions,
    handler: RealtimeHandler,
  ) {
    this.#client = client;
    this.#channel = channel;
    this.#clock = clock;
    this.#where = `The real-time thermometry of channel ${channel} at ${client.where}`;
    this.#handler = handler;
    void keepOpen({
      ...{ client, where: this.#where, clock, random, signal: this.#stop.signal },
      read: async () => {
        await this.#readOnce();
        return "in a moment";
      },
      state: (state) => {
        handler.state(state);
      },
    });
  }

  close(): void {
    this.#stop.abort();
  }

  /**
   * Resolves when the device has ended a stream of temperatures.
   *
   * @throws {SurveillanceError} where there were none, and {Error} what kept them from coming
   */
  async #readOnce(): Promise<void> {
    const { signal } = this.#stop;
    await requireThermal(this.#client, "realtime", signal);
    let uploads = 0;
    const end = await readStream({
      ...{ client: this.#client, where: this.#where, clock: this.#clock, signal },
      open: (stop) => this.#open(stop),
      opened: () => {
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
      ? new SurveillanceError("ISAPI_REPLY", `${this.#where} is answered with something else.`)
      : new SurveillanceError("CONNECTION_LOST", `${this.#where} ends without a temperature.`);
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

  /** @returns whether the part holds temperatures */
  #take({ kind, body }: Part): boolean {
    if (kind !== "json") {
      this.#handler.warning("A part that holds no temperatures was passed over.");
      return false;
    }
    try {
      const json = body.toString();
      this.#handler.readings(readUpload(json), json);
      return true;
    } catch (thrown) {
      this.#handler.warning(toError(thrown).message);
      return false;
    }
  }
}
