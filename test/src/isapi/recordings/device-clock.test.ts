import assert from "node:assert/strict";
import { DeviceClock } from "../../../../src/isapi/recordings/device-clock";
import { readZoneRule } from "../../../../src/isapi/documents/zone-rule";

const HOUR = 3600 * 1000;

describe("DeviceClock", () => {
  const ahead = new DeviceClock(2 * HOUR, "device");

  it("converts a time to the device's wall clock with a Z", () => {
    for (const time of [
      "2026-03-02T08:00:00Z",
      "2026-03-02T09:00:00.900+01:00",
      Date.UTC(2026, 2, 2, 8),
      String(Date.UTC(2026, 2, 2, 8)),
      new Date(Date.UTC(2026, 2, 2, 8)),
    ]) {
      assert.equal(ahead.toDevice("start", time), "2026-03-02T10:00:00Z");
    }
  });

  it("reads a time without a zone as the device's wall clock", () => {
    assert.equal(ahead.toDevice("start", "2026-03-02 10:00"), "2026-03-02T10:00:00Z");
    assert.equal(
      new DeviceClock(2 * HOUR, "utc").toDevice("start", "2026-03-02 10:00"),
      "2026-03-02T08:00:00Z",
    );
  });

  it("converts the device's time to real time", () => {
    assert.equal(ahead.toReal("2026-03-02 10:00:00Z"), "2026-03-02T08:00:00.000Z");
    assert.equal(ahead.toReal("20260302T100000Z"), "2026-03-02T08:00:00.000Z");
    assert.equal(ahead.toReal("2026-03-02T10:00:00+01:00"), "2026-03-02T09:00:00.000Z");
    assert.equal(ahead.toReal("soon"), undefined);
  });

  it("ignores the zone if the device's Z is UTC", () => {
    const utc = new DeviceClock(2 * HOUR, "utc");
    assert.equal(utc.toDevice("start", "2026-03-02T08:00:00Z"), "2026-03-02T08:00:00Z");
    assert.equal(utc.toReal("2026-03-02T08:00:00Z"), "2026-03-02T08:00:00.000Z");
  });

  it("corrects a clock that is wrong by minutes, but ignores the second of the request", () => {
    const wrong = new DeviceClock(2 * HOUR + 4 * 60_000, "device");
    assert.equal(wrong.toDevice("start", "2026-03-02T08:00:00Z"), "2026-03-02T10:04:00Z");
    assert.equal(
      new DeviceClock(2 * HOUR - 1200, "device").toDevice("start", "2026-03-02T08:00:00Z"),
      "2026-03-02T10:00:00Z",
    );
  });

  it("follows the device's rule for summer time", () => {
    const rule = readZoneRule("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00");
    const berlin = new DeviceClock(HOUR, "device", rule);
    assert.equal(berlin.toDevice("start", "2026-07-01T08:00:00Z"), "2026-07-01T10:00:00Z");
    assert.equal(berlin.toDevice("start", "2026-01-01T08:00:00Z"), "2026-01-01T09:00:00Z");
    assert.equal(berlin.toReal("2026-07-01T10:00:00Z"), "2026-07-01T08:00:00.000Z");
    assert.equal(berlin.toReal("2026-01-01T09:00:00Z"), "2026-01-01T08:00:00.000Z");
    // The repeated hour, and the skipped one.
    assert.equal(berlin.toReal("2026-10-25T02:30:00Z"), "2026-10-25T00:30:00.000Z");
    assert.equal(berlin.toReal("2026-03-29T01:59:59Z"), "2026-03-29T00:59:59.000Z");
    assert.equal(berlin.toReal("2026-03-29T03:00:00Z"), "2026-03-29T01:00:00.000Z");
  });

  it("refuses values that are not a time", () => {
    for (const time of ["yesterday", {}, "2026-02-31T00:00:00", null]) {
      assert.throws(() => ahead.toDevice("start", time), {
        code: "CONFIG_INVALID",
        message: /Invalid start: .* is not a time/,
      });
    }
  });
});
