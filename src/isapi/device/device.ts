import { systemClock, type Clock } from "../../core/clock";
import { IsapiClient, type IsapiClientOptions } from "../connection/client";
import { isFields, textOf } from "../../core/fields";
import { parseXml } from "../documents/xml";
import { readArming, type ArmedEvent } from "./arming";
import { ChannelMap, readChannels, type DeviceChannel } from "./channels";

export interface IsapiDeviceOptions extends IsapiClientOptions {
  /** As events and topics name the device; default: what it calls itself, or its host. */
  name?: string | undefined;
  clock?: Clock;
  /** 0 ≤ x < 1, for the jitter of pauses. */
  random?: () => number;
  /** Receives what belongs into the log but is not an error. */
  warn?: (text: string) => void;
}

export interface DeviceInfo {
  name: string | undefined;
  model: string | undefined;
  serial: string | undefined;
  firmware: string | undefined;
  type: string | undefined;
}

const ASK_AGAIN_MS = 60_000;

/** One device: its connections, its channels, and whatever else its users share. */
export class IsapiDevice {
  readonly client: IsapiClient;
  readonly name: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly warn: (text: string) => void;
  readonly #channels = new ChannelMap();
  readonly #shared = new Map<unknown, unknown>();
  readonly #closers = new Set<() => Promise<void> | void>();
  #asking: Promise<void> | undefined;
  #arming: Promise<ArmedEvent[]> | undefined;
  /** The channels are known, or are not requested before this time. */
  #askAgain = 0;

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
   * The device's one instance of a class, made for its first user: the event stream, the motions of its channels.
   *
   * @internal
   */
  shared<Service>(Type: new (device: IsapiDevice) => Service): Service {
    const known = this.#shared.get(Type) as Service | undefined;
    if (known !== undefined) return known;
    const made = new Type(this);
    this.#shared.set(Type, made);
    return made;
  }

  /** What a channel number of an alert means, as far as the channels are known. */
  channelOf(raw: string): { id: string; name?: string } {
    return this.#channels.resolve(raw);
  }

  /**
   * Requests the channels where they are not known, once for all callers. A device that does not list them is asked again
   * after a while, with the next call.
   *
   * @returns resolves before the first number is looked up and never rejects; undefined: there is nothing to wait for
   */
  learnChannels(): Promise<void> | undefined {
    const isFirst = this.#askAgain === 0;
    if (this.clock.now() < this.#askAgain) return undefined;
    this.#asking ??= this.channels()
      .then(
        () => Infinity,
        () => this.clock.now() + ASK_AGAIN_MS,
      )
      .then((askAgain) => {
        this.#askAgain = askAgain;
        this.#asking = undefined;
      });
    return isFirst ? this.#asking : undefined;
  }

  /** @throws {SurveillanceError} where the device cannot be asked */
  async channels(signal?: AbortSignal): Promise<DeviceChannel[]> {
    const channels = await readChannels(this.client, signal);
    this.#channels.set(channels);
    return channels;
  }

  /**
   * Reads which events the device is set to send. Callers at the same time share one reading.
   *
   * @throws {SurveillanceError} where its triggers cannot be read
   */
  arming(): Promise<ArmedEvent[]> {
    this.#arming ??= this.channels()
      .then((channels) => readArming(this.client, channels))
      .finally(() => {
        this.#arming = undefined;
      });
    return this.#arming;
  }

  /** @throws {SurveillanceError} where the device cannot be asked, or does not respond as the guide says */
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
   * Registers work that is done before the connections are closed. Closing waits for it, so it has to be brief.
   *
   * @returns unregisters it
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
