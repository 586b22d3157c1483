import type { Clock } from "../../core/clock";
import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { textOf } from "../documents/fields";
import { contentOf, parseXml } from "../xml";
import { readZoneRule, type ZoneRule } from "../documents/zone-rule";

/** What a device means by the `Z` behind its recordings' times: on most recorders, its wall clock. */
export type TimeBase = "device" | "utc";

/** What a device says that does not tell its time to this user, or to nobody. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["ISAPI_FORBIDDEN", "ISAPI_NOT_FOUND", "ISAPI_STATUS"]);

const QUARTER_HOUR_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;
/** The device tells whole seconds, and the answer takes time, too. */
const SMALLEST_DRIFT_MS = 2000;
const DIGITS = /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.(\d{1,3})\d*)?/;
const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

export interface DeviceClockOptions {
  base: TimeBase;
  clock: Clock;
  /** A device that refuses to tell its time is taken to go by this machine's zone, rightly. */
  assume?: boolean;
  signal?: AbortSignal | undefined;
}

/** Translates between real time and the times that a device gives its recordings. */
export class DeviceClock {
  /** Milliseconds by which its clock is wrong. */
  readonly #drift: number;
  readonly #zone: ZoneRule;
  readonly #base: TimeBase;
  /** Why its clock is only assumed; undefined where the device told its time. */
  readonly assumed: SurveillanceError | undefined;

  /**
   * @param ahead milliseconds by which its wall clock, read as UTC, is ahead of UTC: its zone, and what it is wrong by
   * @param zone its zone at other times; default: the one of now
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
   * Asks the device for its time (`/ISAPI/System/time`) and compares. Only the digits count: devices write any zone
   * behind their wall clock.
   *
   * @throws {SurveillanceError} ISAPI_REPLY where it tells none, or what the client throws
   */
  static async read(client: IsapiClient, options: DeviceClockOptions): Promise<DeviceClock> {
    const request = { path: "/ISAPI/System/time", signal: options.signal };
    let told: ReturnType<typeof readTime>;
    try {
      told = await readResponse(client, request, (body) => readTime(body.toString()));
    } catch (thrown) {
      const refused = thrown instanceof SurveillanceError && REFUSALS.has(thrown.code);
      if (!refused || options.assume !== true) throw thrown;
      return new DeviceClock(ownZone(options.clock.now()), options.base, ownZone, thrown);
    }
    const { wall, zone } = told;
    const now = options.clock.now();
    // Many a device has a zone that was never set: it counts only where its clock goes by it.
    const goesByIt = zone?.(now) === zoneOf(wall - now);
    return new DeviceClock(wall - now, options.base, goesByIt ? zone : undefined);
  }

  /**
   * A point of time as the device's search takes it: `2026-03-02T08:00:00Z`.
   *
   * @param time ISO 8601; without a zone, it is the device's wall clock. A Date, or milliseconds since 1970.
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
    throw new SurveillanceError("CONFIG_INVALID", `${name} is no time: ${JSON.stringify(time)}.`, {
      advice: "Give it as 2026-03-02T08:00:00 (the device's clock), 2026-03-02T07:00:00Z or milliseconds.",
    });
  }

  /** The real time behind a device's own, as ISO 8601; undefined where it is none. */
  toReal(text: string | undefined): string | undefined {
    const digits = readDigits(text ?? "");
    if (digits === undefined) return undefined;
    // A zone other than Z is meant as written.
    const zone = ZONE.exec(text ?? "")?.[1];
    if (zone !== undefined && !/z/i.test(zone)) return new Date(text ?? "").toISOString();
    const real = this.#base === "device" ? this.#realTime(digits) : digits - this.#drift;
    return new Date(real).toISOString();
  }

  /** Of the hour that comes twice in autumn, the first. */
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
  if (wall === undefined) throw new SurveillanceError("ISAPI_REPLY", "the device does not tell its time.");
  return { wall, zone: readZoneRule(textOf(time, "timeZone") ?? "") };
}

const ownZone: ZoneRule = (time) => -new Date(time).getTimezoneOffset() * 60_000;

/** Zones are told apart by quarters of an hour; what is left is a clock that is wrong. */
function zoneOf(ahead: number): number {
  return Math.round(ahead / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
}

/** What a device wrote, in seconds of its own clock; NaN where it is no time. */
export function deviceSeconds(text: string): number {
  return (readDigits(text) ?? Number.NaN) / 1000;
}

/** The digits of a time as milliseconds, as if they were UTC; undefined where there is no such date. */
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

/** Whole seconds: devices take no fractions. */
function format(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
