import { SurveillanceError } from "../../core/errors";
import type { IsapiDevice } from "../device/device";
import { PtzChannel } from "./channel";
import type { PtzPosition } from "./documents";
import type { Axes } from "./limits";
import { PtzMotions, type PtzUser } from "./motion";

/** Speeds are -100 to 100, angles degrees, zoom positions magnifications. */
export type PtzCommand =
  | { command: "continuous" | "momentary"; speeds: Axes<number>; seconds: number }
  | { command: "focus" | "iris"; speed: number; seconds: number }
  | { command: "absolute"; target: Partial<PtzPosition> }
  | { command: "relative"; steps: Axes<number> }
  | { command: "setPreset"; preset: number; name: string }
  | { command: "gotoPreset"; preset: number }
  | { command: "startPatrol" | "stopPatrol"; patrol: number }
  | { command: "stop" | "status" | "presets" | "patrols" | "capabilities" };

const MAX_CHANNELS = 512;

/** Carries out PTZ commands on a device's channels. Stops its movements when it, or the device, is closed. */
export class PtzController {
  readonly #device: IsapiDevice;
  readonly #user: PtzUser;
  readonly #channels = new Map<string, PtzChannel>();
  readonly #unregister: () => void;

  constructor(device: IsapiDevice, user: PtzUser) {
    this.#device = device;
    this.#user = user;
    this.#unregister = device.beforeClose(() => this.#stopAll());
  }

  /**
   * Sends a command, and resolves when the device has accepted it.
   *
   * @param channel number, 1 and up
   * @returns the device's data, or the values sent to it
   * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_NOT_FOUND if the channel has no PTZ, or what the client throws
   */
  async run(channel: string, command: PtzCommand): Promise<unknown> {
    const ptz = this.#channel(channel);
    switch (command.command) {
      case "continuous":
        return { ...(await ptz.move(command.speeds, command.seconds)), duration: command.seconds };
      case "momentary":
        return { ...(await ptz.momentary(command.speeds, command.seconds)), duration: command.seconds };
      case "focus":
      case "iris": {
        const speed = await ptz.lens(command.command, command.speed, command.seconds);
        return { [command.command]: speed, duration: command.seconds };
      }
      case "absolute":
        return ptz.absolute(command.target);
      case "relative":
        return ptz.relative(command.steps);
      case "setPreset":
        await ptz.setPreset(command.preset, command.name);
        return { preset: command.preset, name: command.name };
      case "gotoPreset":
        await ptz.gotoPreset(command.preset);
        return { preset: command.preset };
      case "startPatrol":
      case "stopPatrol":
        await ptz.patrol(command.patrol, command.command === "startPatrol" ? "start" : "stop");
        return { patrol: command.patrol };
      case "stop":
        await ptz.stop();
        return { stopped: true };
      case "status":
        return ptz.status();
      case "presets":
        return ptz.presets();
      case "patrols":
        return ptz.patrols();
      case "capabilities":
        return ptz.limits();
    }
  }

  /** Stops its movements, within 1.5 s. Never rejects. */
  async close(): Promise<void> {
    await this.#stopAll();
    this.#unregister();
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#channels.values()].map((channel) => channel.close()));
  }

  #channel(id: string): PtzChannel {
    const known = this.#channels.get(id);
    if (known !== undefined) return known;
    if (!/^[1-9]\d{0,3}$/.test(id) || this.#channels.size >= MAX_CHANNELS) {
      throw new SurveillanceError("CONFIG_INVALID", `"${id}" is not a channel.`, {
        advice: "Enter the number of a channel. For a single camera, use 1.",
      });
    }
    const motion = this.#device.shared(PtzMotions).of(id);
    const channel = new PtzChannel(this.#device.client, id, motion, this.#user);
    this.#channels.set(id, channel);
    return channel;
  }
}
