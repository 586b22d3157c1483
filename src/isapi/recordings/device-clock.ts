import type { Clock } from "../../clock";
import { SurveillanceError } from "../../errors";
import type { IsapiClient } from "../client";
import { textOf } from "../record";
import { parseXml } from "../xml";

/** What a device means by the `Z` behind its recordings' times: on most recorders, its wall clock. */
export type TimeBase = "device" | "utc";

const QUARTER_HOUR_MS = 15 * 60 * 1000;
/** The device tells whole seconds, and the answer takes time, too. */
const SMALLEST_DRIFT_MS = 2000;
const DIGITS = /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.(\d{1,3})\d*)?/;
const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

/** Translates between real time and the times that a device gives its recordings. */
export class DeviceClock {
  /** Milliseconds by which the device's wall clock, read as if it were UTC, is ahead of real time. */
  readonly #ahead: number;
  readonly #zone: number;
  readonly #base: TimeBase;

  /** @param ahead milliseconds by which its wall clock, read as UTC, is ahead of UTC: its zone, and what it is wrong by */
  constructor(ahead: number, base: TimeBase) {
    const zone = Math.round(ahead / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    const drift = Math.abs(ahead - zone) < SMALLEST_DRIFT_MS ? 0 : ahead - zone;
    this.#zone = zone;
    this.#ahead = (base === "device" ? zone : 0) + drift;
    this.#base = base;
  }

  /**
   * Asks the device for its time (`/ISAPI/System/time`) and compares. Only the digits count: devices write any zone
   * behind their wall clock.
   *
   * @throws {SurveillanceError} ISAPI_REPLY where it tells none, or what the client throws
   */
  static async read(
    client: IsapiClient,
    options: { base: TimeBase; clock: Clock; signal?: AbortSignal | undefined },
  ): Promise<DeviceClock> {
    const { body } = await client.read({ path: "/ISAPI/System/time", signal: options.signal });
    const wall = readDigits(textOf(parseXml(body.toString()).value, "localTime") ?? "");
    if (wall === undefined) {
      throw new SurveillanceError("ISAPI_REPLY", `The device at ${client.where} does not tell its time.`);
    }
    return new DeviceClock(wall - options.clock.now(), options.base);
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
      return format(this.#base === "device" ? digits : digits - this.#zone);
    }
    const real = readInstant(time);
    if (real !== undefined) return format(real + this.#ahead);
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
    return new Date(digits - this.#ahead).toISOString();
  }
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
