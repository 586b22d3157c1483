import { choice, number, reference, text } from "../kit/option-kinds";

const commands = [
  ...["continuous", "left", "right", "up", "down", "zoomIn", "zoomOut", "momentary", "absolute", "relative"],
  ...["focus", "iris", "stop", "gotoPreset", "setPreset", "presets", "startPatrol", "stopPatrol", "patrols"],
  ...["status", "capabilities"],
] as const;

export const options = {
  device: reference("isapi-config"),
  channel: text("1", { pattern: /^[1-9]\d{0,3}$/ }),
  command: choice("gotoPreset", commands),
  /** Speeds, degrees or steps: the unit depends on the command. */
  pan: number(""),
  tilt: number(""),
  zoom: number(""),
  /** The speed of focus, iris, and the named directions. */
  speed: number(50, { min: -100, max: 100 }),
  /** Seconds */
  duration: number(1, { min: 0.05, max: 3600 }),
  preset: number(1, { min: 1, whole: true }),
  presetName: text(""),
  patrol: number(1, { min: 1, whole: true }),
};
