import { SurveillanceError } from "../../core/errors";
import { isFields, listOf, numberOf, textOf, type Fields } from "../../core/fields";
import { contentOf, parseXml } from "../documents/xml";

export interface PtzPreset {
  id: number;
  name: string;
  /** False if no position is saved under this number. */
  enabled: boolean;
}

export interface PtzPatrol extends PtzPreset {
  /** The presets of the patrol, with the seconds at each. */
  stops: { preset: number; seconds?: number; speed?: number }[];
}

export interface PtzPosition {
  /** Degrees */
  pan: number;
  /** Degrees; positive is down. */
  tilt: number;
  /** Magnification: 1 is the widest angle. */
  zoom: number;
}

/** Angles and magnification are sent as tenths. */
export const POSITION_SCALE = 10;

/** Reads a list of presets. @throws {SurveillanceError} ISAPI_REPLY for another document */
export function readPresets(xml: string): PtzPreset[] {
  const { PTZPreset } = contentOf(parseXml(xml), /^PTZPresetList$/i);
  return listOf(PTZPreset).flatMap((entry) => preset(entry, "presetName"));
}

/** Reads a list of patrols. @throws {SurveillanceError} ISAPI_REPLY for another document */
export function readPatrols(xml: string): PtzPatrol[] {
  const { PTZPatrol } = contentOf(parseXml(xml), /^PTZPatrolList$/i);
  return listOf(PTZPatrol).flatMap((entry) =>
    preset(entry, "patrolName").map((patrol) => ({ ...patrol, stops: patrolStops(entry) })),
  );
}

/** Reads the position from a status. @throws {SurveillanceError} ISAPI_REPLY if the device sends none */
export function readPosition(xml: string): PtzPosition {
  const { AbsoluteHigh: high } = contentOf(parseXml(xml), /^PTZStatus$/i);
  const [pan, tilt, zoom] = ["azimuth", "elevation", "absoluteZoom"].map((name) => numberOf(high, name));
  if (pan === undefined || tilt === undefined || zoom === undefined) {
    throw new SurveillanceError("ISAPI_REPLY", "The device does not report its position.");
  }
  return { pan: pan / POSITION_SCALE, tilt: tilt / POSITION_SCALE, zoom: zoom / POSITION_SCALE };
}

function preset(entry: Fields, name: string): PtzPreset[] {
  const id = numberOf(entry, "id");
  if (id === undefined) return [];
  return [{ id, name: textOf(entry, name) ?? "", enabled: textOf(entry, "enabled") !== "false" }];
}

function patrolStops(patrol: Fields): PtzPatrol["stops"] {
  const list = patrol.PatrolSequenceList;
  return listOf(isFields(list) ? list.PatrolSequence : undefined).flatMap((stop) => {
    const id = numberOf(stop, "presetID", "PresetID", "presetId");
    // Unused entries of the list have no number, or 0.
    if (id === undefined || id === 0) return [];
    const [seconds, speed] = [
      numberOf(stop, "seqTime", "dwellTime", "DwellTime"),
      numberOf(stop, "seqSpeed", "speed"),
    ];
    return [
      {
        preset: id,
        ...(seconds === undefined ? {} : { seconds }),
        ...(speed === undefined ? {} : { speed }),
      },
    ];
  });
}
