import assert from "node:assert/strict";
import { localTime, unixTime } from "../../../src/viewtron/time";

describe("unixTime", () => {
  const cases: Record<string, string | undefined> = {
    "1777882830": "2026-05-04T08:20:30.000Z",
    "1777882830123": "2026-05-04T08:20:30.123Z",
    "1777882830123000": "2026-05-04T08:20:30.123Z",
    "1777882830123456": "2026-05-04T08:20:30.123456Z",
    "18445822972087551616": undefined,
    "": undefined,
    yesterday: undefined,
  };
  for (const [digits, time] of Object.entries(cases)) {
    it(`${digits || "nothing"} is ${time ?? "not a time"}`, () => {
      assert.equal(unixTime(digits), time);
    });
  }
});

describe("localTime", () => {
  const local = (hour: number): string => new Date(2026, 10, 19, hour, 15, 11).toISOString();
  const cases: Record<string, string | undefined> = {
    "2026-11-19 12:15:11": local(12),
    "2026/11/19 00:15:11": local(0),
    "11-19-2026 12:15:11 PM": local(12),
    "11-19-2026 12:15:11 AM": local(0),
    "11/19/2026 03:15:11 pm": local(15),
    "2026-02-30 12:15:11": undefined,
    "2026-11-19 25:15:11": undefined,
    soon: undefined,
  };
  for (const [text, time] of Object.entries(cases)) {
    it(`${text} is ${time ?? "not a time"}`, () => {
      assert.equal(localTime(text), time);
    });
  }
});
