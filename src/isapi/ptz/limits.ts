import { SurveillanceError } from "../../core/errors";
import { isFields, numberOf } from "../../core/fields";
import { contentOf, parseXml } from "../documents/xml";

export interface Range {
  min: number;
  max: number;
}

export interface Axes<Value> {
  pan: Value;
  tilt: Value;
  zoom: Value;
}

/** The ranges that a channel's PTZ accepts, in the device's own units. */
export interface PtzLimits {
  /** Speeds */
  continuous: Axes<Range>;
  momentary: Axes<Range>;
  /** Tenths of a degree; zoom in tenths of the magnification. */
  absolute: Axes<Range>;
  /** Steps */
  relative: Axes<Range>;
  presets: number;
  patrols: number;
}

function axes(pan: Range, tilt: Range, zoom: Range): Axes<Range> {
  return { pan, tilt, zoom };
}

const speed: Range = { min: -100, max: 100 };
const step: Range = { min: -255, max: 255 };

/** The guide's ranges, for devices that publish none. Source: ISAPI guide, PTZ service. */
export const guideLimits: PtzLimits = {
  continuous: axes(speed, speed, speed),
  momentary: axes(speed, speed, speed),
  absolute: axes({ min: 0, max: 3600 }, { min: -900, max: 2700 }, { min: 1, max: 1000 }),
  relative: axes(step, step, step),
  presets: 300,
  patrols: 8,
};

/**
 * Reads a channel's capabilities. Firmware versions differ: `PTZChanelCap` or `PTZChannelCap`, `Min` or `min`.
 *
 * @throws {SurveillanceError} ISAPI_REPLY for another document
 */
export function readPtzLimits(xml: string): PtzLimits {
  const fields = contentOf(parseXml(xml), /^PTZChann?elCap$/i);
  const read = (panTilt: string, zoom: string, fallback: Axes<Range>): Axes<Range> => ({
    pan: rangeOf(fields[panTilt], "XRange", fallback.pan),
    tilt: rangeOf(fields[panTilt], "YRange", fallback.tilt),
    zoom: rangeOf(fields[zoom], "ZRange", fallback.zoom),
  });
  return {
    continuous: read("ContinuousPanTiltSpace", "ContinuousZoomSpace", guideLimits.continuous),
    momentary: read("MomentaryPanTiltSpace", "MomentaryZoomSpace", guideLimits.momentary),
    absolute: read("AbsolutePanTiltPositionSpace", "AbsoluteZoomPositionSpace", guideLimits.absolute),
    relative: read("RelativePanTiltSpace", "RelativeZoomSpace", guideLimits.relative),
    presets: numberOf(fields, "maxPresetNum") ?? guideLimits.presets,
    patrols: numberOf(fields, "maxPatrolNum") ?? guideLimits.patrols,
  };
}

function rangeOf(space: unknown, name: string, fallback: Range): Range {
  const range = isFields(space) ? space[name] : undefined;
  const min = numberOf(range, "Min", "min");
  const max = numberOf(range, "Max", "max");
  return min === undefined || max === undefined || min > max ? fallback : { min, max };
}

/** Limits speeds to the range that the channel accepts. */
export function limitSpeeds(speeds: Axes<number>, limits: Axes<Range>): Axes<number> {
  const limit = (value: number, { min, max }: Range): number =>
    Math.round(Math.min(max, Math.max(min, value)));
  return {
    pan: limit(speeds.pan, limits.pan),
    tilt: limit(speeds.tilt, limits.tilt),
    zoom: limit(speeds.zoom, limits.zoom),
  };
}

/**
 * Converts a position to the device's units, and checks it. Out of range, a device would go to another position.
 *
 * @param scale the number of device units per user unit
 * @throws {SurveillanceError} CONFIG_INVALID out of the channel's range
 */
export function checkPosition(name: keyof Axes<unknown>, value: number, range: Range, scale: number): number {
  const units = Math.round(value * scale);
  if (units >= range.min && units <= range.max) return units;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `${name} is ${value}: this channel allows ${range.min / scale} to ${range.max / scale}.`,
  );
}
