import type { PtzCommand } from "../../src/isapi/ptz/controller";
import { choiceOption, numberOption, textOption } from "../kit/options";

/** What the config and a message say about a PTZ command; the message's word is the last. */
export interface PtzFields {
  command?: unknown;
  pan?: unknown;
  tilt?: unknown;
  zoom?: unknown;
  /** Of focus and iris, and of the named directions. */
  speed?: unknown;
  /** Seconds */
  duration?: unknown;
  preset?: unknown;
  presetName?: unknown;
  patrol?: unknown;
}

const directions = {
  left: { pan: -1, tilt: 0, zoom: 0 },
  right: { pan: 1, tilt: 0, zoom: 0 },
  up: { pan: 0, tilt: 1, zoom: 0 },
  down: { pan: 0, tilt: -1, zoom: 0 },
  zoomIn: { pan: 0, tilt: 0, zoom: 1 },
  zoomOut: { pan: 0, tilt: 0, zoom: -1 },
} as const;

const ptzCommands = [
  "continuous",
  ...(Object.keys(directions) as (keyof typeof directions)[]),
  "momentary",
  "absolute",
  "relative",
  "focus",
  "iris",
  "stop",
  "gotoPreset",
  "setPreset",
  "presets",
  "startPatrol",
  "stopPatrol",
  "patrols",
  "status",
  "capabilities",
] as const;

const speedRange = { min: -100, max: 100 };
const DEFAULT_SPEED = 50;
const DEFAULT_SECONDS = 1;
const MAX_SECONDS = 3600;

/**
 * What is to be done. The node's pan, tilt and zoom belong to its own command: what they mean differs.
 *
 * @throws {SurveillanceError} CONFIG_INVALID, naming the field
 */
export function readPtzCommand(config: PtzFields, msg: PtzFields): PtzCommand {
  const sameCommand = msg.command === undefined || msg.command === config.command;
  const axes = sameCommand ? config : {};
  const fields: PtzFields = {
    command: msg.command ?? config.command,
    pan: msg.pan ?? axes.pan,
    tilt: msg.tilt ?? axes.tilt,
    zoom: msg.zoom ?? axes.zoom,
    speed: msg.speed ?? config.speed,
    duration: msg.duration ?? config.duration,
    preset: msg.preset ?? config.preset,
    presetName: msg.presetName ?? config.presetName,
    patrol: msg.patrol ?? config.patrol,
  };
  const command = choiceOption("command", textOption(fields.command), ptzCommands, "continuous");
  const duration = { min: 0.05, max: MAX_SECONDS };
  const seconds = numberOption("duration", fields.duration, duration) ?? DEFAULT_SECONDS;
  switch (command) {
    case "left":
    case "right":
    case "up":
    case "down":
    case "zoomIn":
    case "zoomOut": {
      const speed = Math.abs(speedOf(fields));
      const { pan, tilt, zoom } = directions[command];
      return {
        command: "continuous",
        seconds,
        speeds: { pan: pan * speed, tilt: tilt * speed, zoom: zoom * speed },
      };
    }
    case "continuous":
    case "momentary":
      return {
        command,
        seconds,
        speeds: {
          pan: numberOption("pan", fields.pan, speedRange) ?? 0,
          tilt: numberOption("tilt", fields.tilt, speedRange) ?? 0,
          zoom: numberOption("zoom", fields.zoom, speedRange) ?? 0,
        },
      };
    case "focus":
    case "iris":
      return { command, seconds, speed: speedOf(fields) };
    case "absolute": {
      const target = (["pan", "tilt", "zoom"] as const).flatMap((name) => {
        const value = numberOption(name, fields[name]);
        return value === undefined ? [] : [[name, value] as const];
      });
      return { command, target: Object.fromEntries(target) };
    }
    case "relative": {
      const step = (name: "pan" | "tilt" | "zoom"): number => numberOption(name, fields[name]) ?? 0;
      return { command, steps: { pan: step("pan"), tilt: step("tilt"), zoom: step("zoom") } };
    }
    case "setPreset": {
      const preset = numberOf("preset", fields.preset);
      return { command, preset, name: textOption(fields.presetName) ?? `Preset ${preset}` };
    }
    case "gotoPreset":
      return { command, preset: numberOf("preset", fields.preset) };
    case "startPatrol":
    case "stopPatrol":
      return { command, patrol: numberOf("patrol", fields.patrol) };
    case "stop":
    case "presets":
    case "patrols":
    case "status":
    case "capabilities":
      return { command };
  }
}

function speedOf({ speed }: PtzFields): number {
  return numberOption("speed", speed, speedRange) ?? DEFAULT_SPEED;
}

function numberOf(name: string, value: unknown): number {
  return numberOption(name, value, { min: 1, integer: true }) ?? 1;
}
