import { choice, number, reference, text, when } from "../kit/option-kinds";

const directions = ["left", "right", "up", "down", "zoomIn", "zoomOut"] as const;
const movements = ["continuous", "momentary"] as const;
const positions = ["absolute", "relative"] as const;
const lenses = ["focus", "iris"] as const;
const commands = [
  ...movements,
  ...directions,
  ...positions,
  ...lenses,
  ...["stop", "gotoPreset", "setPreset", "presets", "startPatrol", "stopPatrol", "patrols"],
  ...["status", "capabilities"],
] as const;
const timed = [...movements, ...directions, ...lenses];

/** Speeds, degrees or steps: the unit depends on the command. */
const axis = when("command", [...movements, ...positions], number(""));

export const options = {
  device: reference("isapi-config"),
  channel: text("1", { pattern: /^[1-9]\d{0,3}$/ }),
  /** An empty command has no speeds, so that nothing moves. */
  command: choice("gotoPreset", commands, { blank: "continuous" }),
  pan: axis,
  tilt: axis,
  zoom: axis,
  /** The speed of focus, iris, and the named directions. */
  speed: when("command", [...directions, ...lenses], number(50, { min: -100, max: 100 })),
  /** Seconds */
  duration: when("command", timed, number(1, { min: 0.05, max: 3600 })),
  preset: when("command", ["gotoPreset", "setPreset"], number(1, { min: 1, whole: true })),
  presetName: when("command", ["setPreset"], text("")),
  patrol: when("command", ["startPatrol", "stopPatrol"], number(1, { min: 1, whole: true })),
};
