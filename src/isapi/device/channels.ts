import type { IsapiClient } from "../connection/client";
import { isFields, listOf, textOf } from "../../core/fields";
import { SurveillanceError } from "../../core/errors";
import { parseXml } from "../documents/xml";

export interface DeviceChannel {
  /** As the device's paths count: channel 1 has the streams 101, 102, … */
  id: string;
  name?: string;
  /** Behind a recorder, not its own input. */
  proxied: boolean;
}

/** Alerts of a recorder count its IP channels from 33 on. */
const FIRST_IP_CHANNEL = 33;

/**
 * The device's channels: its own inputs, and those of the cameras behind a recorder.
 *
 * @throws {SurveillanceError} where the device could not be asked
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
    // A camera has no proxy, and a recorder no inputs of its own; some say so with an error of their own kind.
    const code = thrown instanceof SurveillanceError ? thrown.code : undefined;
    if (
      code !== undefined &&
      ["ISAPI_NOT_FOUND", "ISAPI_STATUS", "ISAPI_FORBIDDEN", "ISAPI_REPLY"].includes(code)
    )
      return [];
    throw thrown;
  }
}

/** What a channel number in an alert means. */
export class ChannelMap {
  #channels: readonly DeviceChannel[] = [];

  set(channels: readonly DeviceChannel[]): void {
    this.#channels = channels;
  }

  /** Whether the number counts a recorder's IP channels. */
  static isIpChannel(raw: string): boolean {
    return Number(raw) >= FIRST_IP_CHANNEL;
  }

  /**
   * 33 is a recorder's first IP channel: its channel 1, or the one behind its own inputs. Names are those that a
   * recorder has for its channels.
   */
  resolve(raw: string): { id: string; name?: string } {
    const isIp = ChannelMap.isIpChannel(raw);
    const id = isIp ? this.#ipChannel(Number(raw) - FIRST_IP_CHANNEL) : raw;
    const isRecorder = this.#channels.some(({ proxied }) => proxied);
    const meant = this.#channels.filter((channel) => isRecorder && channel.id === id);
    const name = (meant.find(({ proxied }) => proxied === isIp) ?? meant[0])?.name;
    return { id, ...(name === undefined ? {} : { name }) };
  }

  #ipChannel(index: number): string {
    const [own, proxied] = [false, true].map((each) =>
      this.#channels.filter((channel) => channel.proxied === each).map(({ id }) => id),
    ) as [string[], string[]];
    const countsOn = !proxied.some((id) => own.includes(id));
    const id = String((countsOn ? own.length : 0) + index + 1);
    // Numbers are kept where a camera was taken out; where they do not fit, the order counts.
    return proxied.length === 0 || proxied.includes(id) ? id : (proxied[index] ?? id);
  }
}
