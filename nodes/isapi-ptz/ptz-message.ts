import type { PtzCommand } from "../../src/isapi/ptz/controller";
import type { OptionValues } from "../kit/option-kinds";
import { numberOption, textOption } from "../kit/options";
import { options } from "./options";

export type PtzOptions = OptionValues<typeof options>;

/** The settings that a message may replace. */
export type PtzOverrides = Partial<Record<Exclude<keyof PtzOptions, "device">, unknown>>;

const names = (Object.keys(options) as (keyof PtzOptions)[]).filter((name) => name !== "device");

const directions = {
  left: { pan: -1, tilt: 0, zoom: 0 },
  right: { pan: 1, tilt: 0, zoom: 0 },
  up: { pan: 0, tilt: 1, zoom: 0 },
  down: { pan: 0, tilt: -1, zoom: 0 },
  zoomIn: { pan: 0, tilt: 0, zoom: 1 },
  zoomOut: { pan: 0, tilt: 0, zoom: -1 },
} as const;

const speedRange = { min: -100, max: 100 };

/**
 * Returns the settings that a message replaces. The node's own pan, tilt and zoom apply only to its own command, because
 * their meaning depends on the command.
 */
export function overridesIn(msg: PtzOverrides, { command: own }: Pick<PtzOptions, "command">): PtzOverrides {
  const given = Object.fromEntries(
    names.filter((name) => msg[name] !== undefined && msg[name] !== null).map((name) => [name, msg[name]]),
  ) as PtzOverrides;
  const isOwn = given.command === undefined || textOption(given.command) === own;
  return isOwn ? given : { pan: "", tilt: "", zoom: "", ...given };
}

/**
 * Converts settings to a command.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the command needs a speed, and pan, tilt or zoom is not one
 */
export function ptzCommandOf(options: PtzOptions): PtzCommand {
  const { command, pan, tilt, zoom, speed, duration: seconds, preset, presetName, patrol } = options;
  switch (command) {
    case "left":
    case "right":
    case "up":
    case "down":
    case "zoomIn":
    case "zoomOut": {
      const direction = directions[command];
      const amount = Math.abs(speed);
      return {
        command: "continuous",
        seconds,
        speeds: { pan: direction.pan * amount, tilt: direction.tilt * amount, zoom: direction.zoom * amount },
      };
    }
    case "continuous":
    case "momentary": {
      const speedOf = (name: "pan" | "tilt" | "zoom"): number =>
        numberOption(name, options[name], speedRange) ?? 0;
      return {
        command,
        seconds,
        speeds: { pan: speedOf("pan"), tilt: speedOf("tilt"), zoom: speedOf("zoom") },
      };
    }
    case "focus":
    case "iris":
      return { command, seconds, speed };
    case "absolute":
      return {
        command,
        target: {
          ...(pan !== undefined && { pan }),
          ...(tilt !== undefined && { tilt }),
          ...(zoom !== undefined && { zoom }),
        },
      };
    case "relative":
      return { command, steps: { pan: pan ?? 0, tilt: tilt ?? 0, zoom: zoom ?? 0 } };
    case "setPreset":
      return { command, preset, name: presetName ?? `Preset ${preset}` };
    case "gotoPreset":
      return { command, preset };
    case "startPatrol":
    case "stopPatrol":
      return { command, patrol };
    case "stop":
    case "presets":
    case "patrols":
    case "status":
    case "capabilities":
      return { command };
  }
}
