import { steady, systemClock, type Clock } from "../../core/clock";
import { IsapiClient, type IsapiClientOptions } from "../connection/client";
import { isFields, textOf } from "../../core/fields";
import { parseXml } from "../documents/xml";
import { readArming, type ArmedEvent } from "./arming";
import { ChannelMap, readChannels, type DeviceChannel } from "./channels";

export interface IsapiDeviceOptions extends IsapiClientOptions {
  /** The device's name in events and topics; default: the name that the device reports, or its host. */
  name?: string | undefined;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter of pauses. */
  random?: () => number;
  /** Receives warnings for the log. */
  warn?: (text: string) => void;
}

export interface DeviceInfo {
  name: string | undefined;
  model: string | undefined;
  serial: string | undefined;
  firmware: string | undefined;
  type: string | undefined;
}

/** The pause after a failed request for the channels. */
const RETRY_MS = 60_000;

/** One device, with its connections, its channels, and other services that its users share. */
export class IsapiDevice {
  readonly client: IsapiClient;
  readonly name: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (text: string) => void;
  readonly #channels = new ChannelMap();
  readonly #shared = new Map<unknown, unknown>();
  readonly #closers = new Set<() => Promise<void> | void>();
  #learning: Promise<void> | undefined;
  #arming: Promise<ArmedEvent[]> | undefined;
  /** Milliseconds since 1970 before which the channels are not requested; `Infinity` if they are known. */
  #learnAfter = 0;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor({ name, random, warn, ...options }: IsapiDeviceOptions) {
    this.name = name;
    this.client = new IsapiClient(options);
    this.clock = options.clock ?? systemClock;
    this.random = random ?? Math.random;
    this.warn = warn ?? (() => undefined);
  }

  get host(): string {
    return this.client.origin.hostname;
  }

  /**
   * Returns the device's single instance of a class, and creates it on the first call. Examples: the alert stream, the
   * motions of the channels.
   *
   * @internal
   */
  shared<Service>(Type: new (device: IsapiDevice) => Service): Service {
    const known = this.#shared.get(Type) as Service | undefined;
    if (known !== undefined) return known;
    const created = new Type(this);
    this.#shared.set(Type, created);
    return created;
  }

  /** Returns the channel of a number in an alert, as far as the channels are known. */
  channelOf(raw: string): { id: string; name?: string } {
    return this.#channels.resolve(raw);
  }

  /**
   * Requests the channels if they are not known. Simultaneous calls share one request. After a failure, a call makes
   * the next request 60 s later at the earliest.
   *
   * @returns on the first attempt, a promise that never rejects; undefined if there is nothing to wait for
   */
  learnChannels(): Promise<void> | undefined {
    const isFirst = this.#learnAfter === 0;
    if (steady(this.clock).now() < this.#learnAfter) return undefined;
    this.#learning ??= this.channels()
      .then(
        () => Infinity,
        () => steady(this.clock).now() + RETRY_MS,
      )
      .then((time) => {
        this.#learnAfter = time;
        this.#learning = undefined;
      });
    return isFirst ? this.#learning : undefined;
  }

  /**
   * Reads the device's channels.
   *
   * @throws {SurveillanceError} if the request fails
   */
  async channels(signal?: AbortSignal): Promise<DeviceChannel[]> {
    const channels = await readChannels(this.client, signal);
    this.#channels.set(channels);
    return channels;
  }

  /**
   * Reads which events the device is set to send. Simultaneous calls share the requests.
   *
   * @throws {SurveillanceError} if its triggers cannot be read
   */
  arming(): Promise<ArmedEvent[]> {
    this.#arming ??= this.channels()
      .then((channels) => readArming(this.client, channels))
      .finally(() => {
        this.#arming = undefined;
      });
    return this.#arming;
  }

  /**
   * Reads the device's name, model and versions.
   *
   * @throws {SurveillanceError} if the request fails or the response is not XML
   */
  async info(signal?: AbortSignal): Promise<DeviceInfo> {
    const { body } = await this.client.read({ path: "/ISAPI/System/deviceInfo", signal });
    const { value } = parseXml(body.toString());
    const fields = isFields(value) ? value : {};
    return {
      name: textOf(fields, "deviceName"),
      model: textOf(fields, "model"),
      serial: textOf(fields, "serialNumber"),
      firmware: textOf(fields, "firmwareVersion"),
      type: textOf(fields, "deviceType"),
    };
  }

  /**
   * Registers work to run before the connections close. `close` waits for it, so it must be short.
   *
   * @returns a function that unregisters the work
   */
  beforeClose(work: () => Promise<void> | void): () => void {
    this.#closers.add(work);
    return () => {
      this.#closers.delete(work);
    };
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#closers].map(async (work) => work()));
    await this.client.close();
  }
}
