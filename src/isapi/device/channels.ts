import type { IsapiClient } from "../connection/client";
import { isFields, listOf, textOf } from "../../core/fields";
import { SurveillanceError } from "../../core/errors";
import { parseXml } from "../documents/xml";

export interface DeviceChannel {
  /** The number in the device's paths: channel 1 has the streams 101, 102, … */
  id: string;
  name?: string;
  /** Whether it is a camera behind a recorder, and not an input of the device. */
  proxied: boolean;
}

/** The number of a recorder's first IP channel in its alerts. */
const FIRST_IP_CHANNEL = 33;

/**
 * Reads a device's channels: its own inputs, and the cameras behind a recorder.
 *
 * @throws {SurveillanceError} if the request fails
 */
export async function readChannels(client: IsapiClient, signal?: AbortSignal): Promise<DeviceChannel[]> {
  const [own, proxied] = [
    await readList(client, "/ISAPI/System/Video/inputs/channels", "VideoInputChannel", signal),
    await readList(client, "/ISAPI/ContentMgmt/InputProxy/channels", "InputProxyChannel", signal),
  ];
  return [
    ...own.map((channel) => ({ ...channel, proxied: false })),
    ...proxied.map((channel) => ({ ...channel, proxied: true })),
  ];
}

async function readList(
  client: IsapiClient,
  path: string,
  element: string,
  signal?: AbortSignal,
): Promise<{ id: string; name?: string }[]> {
  try {
    const { body } = await client.read({ path, signal });
    const { value } = parseXml(body.toString());
    return listOf(isFields(value) ? value[element] : undefined).flatMap((channel) => {
      const [id, name] = [textOf(channel, "id"), textOf(channel, "name")];
      return id === undefined ? [] : [{ id, ...(name === undefined ? {} : { name }) }];
    });
  } catch (thrown) {
    // A camera has no proxy, and a recorder may have no inputs. Devices report this with different errors.
    const code = thrown instanceof SurveillanceError ? thrown.code : undefined;
    if (
      code !== undefined &&
      ["ISAPI_NOT_FOUND", "ISAPI_STATUS", "ISAPI_FORBIDDEN", "ISAPI_REPLY"].includes(code)
    )
      return [];
    throw thrown;
  }
}

/** Maps the channel numbers in alerts to the device's channels. */
export class ChannelMap {
  #channels: readonly DeviceChannel[] = [];

  set(channels: readonly DeviceChannel[]): void {
    this.#channels = channels;
  }

  /** Tells whether the number is that of a recorder's IP channel. */
  static isIpChannel(raw: string): boolean {
    return Number(raw) >= FIRST_IP_CHANNEL;
  }

  /**
   * Returns the channel of a number in an alert. 33 is a recorder's first IP channel: its channel 1, or the first one
   * after its own inputs. Only channels of a recorder have names.
   */
  resolve(raw: string): { id: string; name?: string } {
    const isIp = ChannelMap.isIpChannel(raw);
    const id = isIp ? this.#ipChannel(Number(raw) - FIRST_IP_CHANNEL) : raw;
    const isRecorder = this.#channels.some(({ proxied }) => proxied);
    const matching = this.#channels.filter((channel) => isRecorder && channel.id === id);
    const name = (matching.find(({ proxied }) => proxied === isIp) ?? matching[0])?.name;
    return { id, ...(name === undefined ? {} : { name }) };
  }

  #ipChannel(index: number): string {
    const [own, proxied] = [false, true].map((each) =>
      this.#channels.filter((channel) => channel.proxied === each).map(({ id }) => id),
    ) as [string[], string[]];
    const followsOwn = !proxied.some((id) => own.includes(id));
    const id = String((followsOwn ? own.length : 0) + index + 1);
    // A removed camera leaves a gap in the numbers. If no channel has the number, the order decides.
    return proxied.length === 0 || proxied.includes(id) ? id : (proxied[index] ?? id);
  }
}
