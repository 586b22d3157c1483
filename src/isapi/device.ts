import { systemClock, type Clock } from "../core/clock";
import { AlertStream } from "./alerts/alert-stream";
import { readArming, type ArmedEvent } from "./arming";
import { ChannelMap, readChannels, type DeviceChannel } from "./channels";
import { IsapiClient, type IsapiClientOptions } from "./client";
import { PictureFetcher } from "./alerts/picture-fetcher";
import { PtzMotions } from "./ptz/motion";
import { isFields, textOf } from "./record";
import { parseXml } from "./xml";

export interface IsapiDeviceOptions extends IsapiClientOptions {
  /** As events and topics name the device; default: what it calls itself, or its host. */
  name?: string | undefined;
  clock?: Clock;
  random?: () => number;
  /** What is worth the log, but no error. */
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

/** One device: its connections and its event stream, shared by everything that uses it. */
export class IsapiDevice {
  readonly client: IsapiClient;
  /** @internal */
  readonly stream: AlertStream;
  /** @internal */
  readonly pictures: PictureFetcher;
  /** For `PtzController`. */
  readonly motions: PtzMotions;
  readonly name: string | undefined;
  readonly #channels = new ChannelMap();
  readonly #lastWords = new Set<() => Promise<void>>();
  readonly #clock: Clock;
  #asking: Promise<void> | undefined;
  #arming: Promise<ArmedEvent[]> | undefined;
  /** The channels are known, or are not asked for before this time. */
  #askAgain = 0;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor({ name, random, warn, ...options }: IsapiDeviceOptions) {
    this.name = name;
    this.client = new IsapiClient(options);
    this.#clock = options.clock ?? systemClock;
    const timing = { ...(options.clock && { clock: options.clock }), ...(random && { random }) };
    this.stream = new AlertStream({ client: this.client, name, ...timing });
    this.motions = new PtzMotions(this.#clock);
    this.pictures = new PictureFetcher(this.client, warn ?? (() => undefined));
  }

  get host(): string {
    return this.client.origin.hostname;
  }

  /** What a channel number of an alert means, as far as the channels are known. */
  channelOf(raw: string): { id: string; name?: string } {
    return this.#channels.resolve(raw);
  }

  /**
   * Asks for the channels where they are not known, once for all who need them. A device that does not tell is asked
   * again after a while, when somebody needs them.
   *
   * @returns what to wait for before the first number is looked up; never rejects. Undefined: there is nothing to wait for
   */
  learnChannels(): Promise<void> | undefined {
    const isFirst = this.#askAgain === 0;
    if (this.#clock.now() < this.#askAgain) return undefined;
    this.#asking ??= this.channels()
      .then(
        () => Infinity,
        () => this.#clock.now() + ASK_AGAIN_MS,
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
   * Which events the device is set to tell. Asked once for all who want to know at the same time.
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

  /** @throws {SurveillanceError} where the device cannot be asked, or does not answer as the guide says */
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
   * What must still be said to the device before its connections are closed; it is given the time it takes, so it has
   * to be brief. @returns takes it back
   */
  beforeClose(say: () => Promise<void>): () => void {
    this.#lastWords.add(say);
    return () => {
      this.#lastWords.delete(say);
    };
  }

  async close(): Promise<void> {
    this.stream.close();
    await Promise.allSettled([...this.#lastWords].map((say) => say()));
    await this.client.close();
  }
}
