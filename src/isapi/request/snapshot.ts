import { pause } from "../../core/pause";
import { RecentMap } from "../../core/recent-map";
import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { IsapiClient } from "../connection/client";
import type { BufferedResponse, RequestBudget } from "../connection/messages";
import { endsAsJpeg, jpegSize } from "../../media/jpeg";
import { imageType } from "../../media/sniff";
import { IsapiError, readResponseStatus, statusError } from "../connection/response-status";
import { clearerOf } from "./path-fallback";

export type StreamChoice = "main" | "sub" | "third";

export interface SnapshotRequest {
  /** The number of a stream (101, 102, 201) or a channel (1, 2). */
  channel: string;
  /** The stream of a channel with a number below 100; default main. */
  stream?: StreamChoice | undefined;
  /** Pixels; devices without scaling send the size of the stream. */
  width?: number | undefined;
  /** Pixels */
  height?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Snapshot {
  data: Buffer;
  mimeType: "image/jpeg";
  /** Pixels */
  width: number;
  height: number;
  /** The number of the stream. */
  channel: string;
  /** ISO 8601: the time of receipt. */
  time: string;
}

/** The most requests for one image, whatever the device responds. */
const MAX_REQUESTS = 4;
const MAX_BUSY_RETRIES = 2;
const BUSY_WAIT_MS = 300;
/** How many streams' locations are remembered. */
const MAX_KNOWN = 1000;
const streamNumbers: Readonly<Record<StreamChoice, number>> = { main: 1, sub: 2, third: 3 };

/** The paths of images: newer devices use the stream, older ones the channel, recorders their proxy. */
const locations: readonly ((channel: number, stream: number) => string)[] = [
  (channel, stream) => `/ISAPI/Streaming/channels/${channel}0${stream}/picture`,
  (channel) => `/ISAPI/Streaming/channels/${channel}/picture`,
  (channel, stream) => `/ISAPI/ContentMgmt/StreamingProxy/channels/${channel}0${stream}/picture`,
];
const BY_STREAM = 0;
const BY_CHANNEL = 1;
const BEHIND_PROXY = 2;

/** Takes snapshots from a device, and remembers the location for each stream. */
export class SnapshotTaker {
  readonly #client: IsapiClient;
  readonly #clock: Clock;
  readonly #known = new RecentMap<string, number>(MAX_KNOWN);

  constructor(client: IsapiClient, clock: Clock = systemClock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Takes a snapshot. Tries further locations if the device has no image at the first one.
   *
   * @throws {SurveillanceError} ISAPI_REPLY if the response is not a JPEG, ISAPI_BUSY, ISAPI_NOT_FOUND, or the errors
   * of the client
   */
  async take(request: SnapshotRequest): Promise<Snapshot> {
    const { channel, stream } = streamOf(request);
    const id = `${channel}0${stream}`;
    const budget: RequestBudget = { left: MAX_REQUESTS };
    let failure: SurveillanceError | undefined;
    const tried = new Set<number>();
    let location: number | undefined = this.#known.get(id) ?? BY_STREAM;
    for (;;) {
      tried.add(location);
      try {
        const path = (locations[location]?.(channel, stream) ?? "") + query(request);
        const response = await this.#readWithRetry(path, budget, request.signal);
        const snapshot = this.#check(response, id);
        this.#known.set(id, location);
        return snapshot;
      } catch (thrown) {
        // The device's own error is more specific than the error at the end of the budget.
        if (budget.left <= 0 && failure !== undefined && !(thrown instanceof IsapiError)) throw failure;
        this.#known.delete(id);
        const refusal = asWrongLocation(thrown);
        failure = clearerOf(failure, refusal);
        location = nextLocation(refusal, tried);
        if (location === undefined || budget.left <= 0) throw failure;
      }
    }
  }

  async #readWithRetry(
    path: string,
    budget: RequestBudget,
    signal: AbortSignal | undefined,
  ): Promise<BufferedResponse> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.#client.read({ path, budget, signal });
      } catch (thrown) {
        if (!isBusy(thrown) || retries >= MAX_BUSY_RETRIES || budget.left <= 0) throw thrown;
        await pause(BUSY_WAIT_MS, this.#clock, signal);
      }
    }
  }

  #check({ status, body }: BufferedResponse, channel: string): Snapshot {
    if (imageType(body) !== "image/jpeg") {
      const text = body.toString("utf8", 0, 4096);
      const where = `The snapshot of channel ${channel} at ${this.#client.where}`;
      if (readResponseStatus(text) !== undefined) throw statusError(status, text, where);
      throw new SurveillanceError("ISAPI_REPLY", `${where} is not a JPEG.`);
    }
    const size = jpegSize(body);
    if (size === undefined || !endsAsJpeg(body)) {
      throw new SurveillanceError(
        "ISAPI_REPLY",
        `The snapshot of channel ${channel} at ${this.#client.where} is damaged.`,
      );
    }
    const time = new Date(this.#clock.now()).toISOString();
    return { data: body, mimeType: "image/jpeg", ...size, channel, time };
  }
}

function streamOf({ channel, stream }: SnapshotRequest): { channel: number; stream: number } {
  const number = Number(channel);
  if (!/^\d{1,5}$/.test(channel.trim()) || number < 1) {
    throw new SurveillanceError("CONFIG_INVALID", `"${channel}" is not a channel or a stream.`, {
      advice: "Use a channel, for example 1, or a stream, for example 101.",
    });
  }
  if (number < 100) return { channel: number, stream: streamNumbers[stream ?? "main"] };
  return { channel: Math.floor(number / 100), stream: number % 100 };
}

function query({ width, height }: SnapshotRequest): string {
  const parameters = [
    ...(width === undefined ? [] : [`videoResolutionWidth=${width}`]),
    ...(height === undefined ? [] : [`videoResolutionHeight=${height}`]),
  ];
  return parameters.length === 0 ? "" : `?${[...parameters, "snapShotImageType=JPEG"].join("&")}`;
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "ISAPI_BUSY";
}

/** Returns the error if the image may be at another location, and throws it otherwise. */
function asWrongLocation(thrown: unknown): SurveillanceError {
  const isWrong =
    thrown instanceof SurveillanceError &&
    (thrown.code === "ISAPI_NOT_FOUND" ||
      thrown.code === "ISAPI_REPLY" ||
      (thrown.code === "ISAPI_STATUS" &&
        thrown instanceof IsapiError &&
        /^[46]$/.test(thrown.statusCode ?? "")));
  if (!isWrong) throw thrown;
  return thrown;
}

/** Chooses the next location. A recorder sends "invalid content" (statusCode 6) if the camera is behind its proxy. */
function nextLocation(failure: SurveillanceError, tried: ReadonlySet<number>): number | undefined {
  const proxied = failure instanceof IsapiError && failure.statusCode === "6";
  const order = proxied ? [BEHIND_PROXY, BY_CHANNEL, BY_STREAM] : [BY_CHANNEL, BEHIND_PROXY, BY_STREAM];
  return order.find((location) => !tried.has(location));
}
