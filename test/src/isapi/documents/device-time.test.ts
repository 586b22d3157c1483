import assert from "node:assert/strict";
import { deviceTime } from "../../../../src/isapi/documents/device-time";

const received = Date.parse("2025-06-01T10:00:00.000Z");
/** This machine's zone, which is used if the device sends none. */
const local = (text: string): string => {
  const minutes = -new Date(text).getTimezoneOffset();
  const pad = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${text}${minutes < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
};

describe("deviceTime", () => {
  for (const [text, expected] of [
    ["2025-06-01T12:00:00+02:00", "2025-06-01T12:00:00+02:00"],
    ["2025-06-01T10:00:00Z", "2025-06-01T10:00:00Z"],
    ["2025-06-01T12:00:00.123+02:00", "2025-06-01T12:00:00.123+02:00"],
    ["2025-06-01T02:00:00-8:00", "2025-06-01T02:00:00-08:00"],
    ["2025-06-01T02:00:00-08", "2025-06-01T02:00:00-08:00"],
    ["2025-06-01 02:00:00+0530", "2025-06-01T02:00:00+05:30"],
    ["2025-06-01T02:00:00", local("2025-06-01T02:00:00")],
    ["2025-06-01T12:00+02:00", "2025-06-01T12:00:00+02:00"],
    ["2025-06-01T10:00Z", "2025-06-01T10:00:00Z"],
    ["2025-06-01T02:00", local("2025-06-01T02:00:00")],
    ["2025-06-01T02:00:003100:00", local("2025-06-01T02:00:00")],
    ["2025-06-01T02:00:00+31:00", local("2025-06-01T02:00:00")],
    ["1970-01-01T00:00:00+08:00", "2025-06-01T10:00:00.000Z"],
    ["2025-02-31T00:00:00+08:00", "2025-06-01T10:00:00.000Z"],
    ["yesterday", "2025-06-01T10:00:00.000Z"],
    [undefined, "2025-06-01T10:00:00.000Z"],
  ] as const) {
    it(`reads ${String(text)} as ${expected}`, () => {
      assert.equal(deviceTime(text, received), expected);
    });
  }
});
