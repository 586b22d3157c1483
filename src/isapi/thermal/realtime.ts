import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { StreamState } from "../alerts/alert-stream";
import type { IsapiClient } from "../connection/client";
import { readText } from "../connection/messages";
import { statusError } from "../connection/response-status";
import { PartParser } from "../stream/part-parser";
import { DripGuard } from "../stream/drip-guard";
import { keepOpen } from "../stream/keep-open";
import { Watchdog } from "../stream/watchdog";
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
  readonly #options: RealtimeOptions;
  readonly #handler: RealtimeHandler;
  readonly #clock: Clock;
  readonly #stop = new AbortController();

  constructor(options: RealtimeOptions, handler: RealtimeHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#clock = options.clock ?? systemClock;
    void this.#run();
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { client, channel, random } = this.#options;
    const where = `The real-time thermometry of channel ${channel} at ${client.where}`;
    this.#handler.state({ kind: "connecting" });
    await keepOpen({
      ...{ client, where, clock: this.#clock, random, signal },
      read: async () => {
        await requireThermal(client, "realtime", signal);
        await this.#readOnce(where);
        return "in a moment";
      },
      failed: (error, failures, retryMs) => {
        this.#handler.state({ kind: "down", error, failures, retryMs });
      },
    });
  }

  /**
   * Resolves when the device has ended a stream of temperatures.
   *
   * @throws {SurveillanceError} where there were none, and {Error} what kept them from coming
   */
  async #readOnce(where: string): Promise<void> {
    const { client, channel } = this.#options;
    const silent = new AbortController();
    const giveUp = (): void => {
      silent.abort();
    };
    if (this.#stop.signal.aborted) giveUp();
    this.#stop.signal.addEventListener("abort", giveUp);
    let silence: SurveillanceError | undefined;
    const watchdog = new Watchdog({
      clock: this.#clock,
      onSilence: (seconds) => {
        silence = new SurveillanceError("ISAPI_SILENT", `${where} is silent for ${seconds} s.`, {
          advice: "It is opened anew.",
        });
        silent.abort();
      },
    });
    const drip = new DripGuard({ clock: this.#clock, timeout: client.timeout, where });
    let [uploads, bytes] = [0, 0];
    try {
      const response = await client.request({
        path: `/ISAPI/Thermal/channels/${channel}/thermometry/realTimethermometry/rules?format=json`,
        connection: "stream",
        signal: silent.signal,
      });
      if (response.status !== 200) {
        throw statusError(response.status, await readText(response.body), where);
      }
      this.#handler.state({ kind: "connected" });
      const boundary = /boundary=("[^"]*"|[^;\s]+)/i.exec(
        String(response.headers["content-type"] ?? ""),
      )?.[1];
      const parser = new PartParser(
        {
          part: ({ kind, body }) => {
            if (this.#take(kind === "json" ? body.toString() : undefined)) uploads += 1;
            watchdog.beat();
            drip.part();
          },
          warning: (text) => {
            this.#handler.warning(text);
          },
        },
        { boundary },
      );
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        watchdog.data(chunk.length);
        bytes += chunk.length;
        parser.push(chunk);
        drip.check(chunk);
      }
      parser.end();
      if (uploads > 0) return;
      throw bytes > 0
        ? new SurveillanceError("ISAPI_REPLY", `${where} is answered with something else.`)
        : new SurveillanceError("CONNECTION_LOST", `${where} ends without a temperature.`);
    } catch (thrown) {
      throw silence ?? thrown;
    } finally {
      watchdog.stop();
      this.#stop.signal.removeEventListener("abort", giveUp);
    }
  }

  #take(json: string | undefined): boolean {
    if (json === undefined) {
      this.#handler.warning("A part that holds no temperatures was passed over.");
      return false;
    }
    try {
      this.#handler.readings(readUpload(json), json);
      return true;
    } catch (thrown) {
      this.#handler.warning(thrown instanceof Error ? thrown.message : String(thrown));
      return false;
    }
  }
}
