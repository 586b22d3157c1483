import type { Clock } from "../../core/clock";
import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { textOf } from "../../core/fields";
import { contentOf, parseXml } from "../documents/xml";
import { readZoneRule, type ZoneRule } from "../documents/zone-rule";

/** The meaning of the `Z` in a recording's time: the device's local time (most recorders), or UTC. */
export type TimeBase = "device" | "utc";

/** The errors of a device that does not let the user read its time. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["ISAPI_FORBIDDEN", "ISAPI_NOT_FOUND", "ISAPI_STATUS"]);

const QUARTER_HOUR_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;
/** A smaller difference is not a drift: the device sends whole seconds, and the response takes time. */
const SMALLEST_DRIFT_MS = 2000;
const DIGITS = /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.(\d{1,3})\d*)?/;
const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

export interface DeviceClockOptions {
  base: TimeBase;
  clock: Clock;
  /** Assume this machine's zone and a correct clock if the device refuses to report its time. */
  assume?: boolean;
  signal?: AbortSignal | undefined;
}

/** Translates between real time and the times of a device's recordings. */
export class DeviceClock {
  /** The error of the device's clock in milliseconds. */
  readonly #drift: number;
  readonly #zone: ZoneRule;
  readonly #base: TimeBase;
  /** The reason why the clock is only assumed; undefined if the device sent its time. */
  readonly assumed: SurveillanceError | undefined;

  /**
   * @param ahead milliseconds from UTC to its wall clock read as UTC: its zone plus its error
   * @param zone its zone at a time; default: always the current one
   */
  constructor(ahead: number, base: TimeBase, zone?: ZoneRule, assumed?: SurveillanceError) {
    this.assumed = assumed;
    const now = zoneOf(ahead);
    const drift = ahead - now;
    this.#drift = Math.abs(drift) < SMALLEST_DRIFT_MS ? 0 : drift;
    this.#zone = zone ?? (() => now);
    this.#base = base;
  }

  /**
   * Reads the device's time (`/ISAPI/System/time`) and compares it with this machine's. Only the digits count:
   * devices append any zone to their wall clock.
   *
   * @throws {SurveillanceError} ISAPI_REPLY if the response contains no time, or what the client throws
   */
  static async read(client: IsapiClient, options: DeviceClockOptions): Promise<DeviceClock> {
    const request = { path: "/ISAPI/System/time", signal: options.signal };
    let time: ReturnType<typeof readTime>;
    try {
      time = await readResponse(client, request, (body) => readTime(body.toString()));
    } catch (thrown) {
      const refused = thrown instanceof SurveillanceError && REFUSALS.has(thrown.code);
      if (!refused || options.assume !== true) throw thrown;
      return new DeviceClock(ownZone(options.clock.now()), options.base, ownZone, thrown);
    }
    const { wall, zone } = time;
    const now = options.clock.now();
    // On many devices the zone was never set: use it only if it matches the clock.
    const fits = zone?.(now) === zoneOf(wall - now);
    return new DeviceClock(wall - now, options.base, fits ? zone : undefined);
  }

  /**
   * Converts a time to the form of the device's search: `2026-03-02T08:00:00Z`.
   *
   * @param name the setting, for the message
   * @param time ISO 8601 (without a zone: the device's local time), a Date, or milliseconds since 1970
   * @throws {SurveillanceError} CONFIG_INVALID, naming the setting
   */
  toDevice(name: string, time: unknown): string {
    const digits = typeof time === "string" && !ZONE.test(time.trim()) ? readDigits(time.trim()) : undefined;
    if (digits !== undefined) {
      return format(this.#base === "device" ? digits : this.#realTime(digits) + this.#drift);
    }
    const real = readInstant(time);
    if (real !== undefined) {
      return format(real + this.#drift + (this.#base === "device" ? this.#zone(real) : 0));
    }
    throw new SurveillanceError("CONFIG_INVALID", `Invalid ${name}: ${JSON.stringify(time)} is not a time.`, {
      advice:
        "Use 2026-03-02T08:00:00 (the device's local time), 2026-03-02T07:00:00Z, or milliseconds since 1970.",
    });
  }

  /** Converts a device's time to real time, as ISO 8601; undefined if the text is not a time. */
  toReal(text: string | undefined): string | undefined {
    const digits = readDigits(text ?? "");
    if (digits === undefined) return undefined;
    // A zone other than Z is reliable.
    const zone = ZONE.exec(text ?? "")?.[1];
    if (zone !== undefined && !/z/i.test(zone)) return new Date(text ?? "").toISOString();
    const real = this.#base === "device" ? this.#realTime(digits) : digits - this.#drift;
    return new Date(real).toISOString();
  }

  /** Returns the real time of a wall clock; in autumn's repeated hour, its first pass. */
  #realTime(wall: number): number {
    const digits = wall - this.#drift;
    const zones = [this.#zone(digits - DAY_MS), this.#zone(digits + DAY_MS)].sort((a, b) => b - a);
    const zone = zones.find((candidate) => this.#zone(digits - candidate) === candidate);
    return digits - (zone ?? this.#zone(digits));
  }
}

function readTime(xml: string): { wall: number; zone: ZoneRule | undefined } {
  const time = contentOf(parseXml(xml), /^Time$/i);
  const wall = readDigits(textOf(time, "localTime") ?? "");
  if (wall === undefined) throw new SurveillanceError("ISAPI_REPLY", "the response contains no time.");
  return { wall, zone: readZoneRule(textOf(time, "timeZone") ?? "") };
}

const ownZone: ZoneRule = (time) => -new Date(time).getTimezoneOffset() * 60_000;

/** Returns the zone, a multiple of 15 minutes. The rest is the error of the clock. */
function zoneOf(ahead: number): number {
  return Math.round(ahead / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

/** Converts a device's time to seconds of its own clock; NaN if the text is not a time. */
export function deviceSeconds(text: string): number {
  return (readDigits(text) ?? Number.NaN) / 1000;
}

/** Reads the digits of a time as UTC, in milliseconds; undefined if the date does not exist. */
function readDigits(text: string): number | undefined {
  const match = DIGITS.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0] = match
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? 0 : Number(part)));
  const time = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  const exists = new Date(time).getUTCDate() === day && hour < 25 && minute < 60 && second < 61;
  return exists && year >= 1970 ? time : undefined;
}

function readInstant(time: unknown): number | undefined {
  const number =
    time instanceof Date
      ? time.getTime()
      : typeof time === "number" || /^\d{10,14}$/.test(String(time).trim())
        ? Number(time)
        : typeof time === "string" && ZONE.test(time.trim())
          ? Date.parse(time.trim())
          : Number.NaN;
  return Number.isFinite(number) && Math.abs(number) < 8e15 ? number : undefined;
}

/** Writes whole seconds: devices accept no fractions. */
function format(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
