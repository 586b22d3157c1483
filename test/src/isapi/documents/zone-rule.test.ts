import assert from "node:assert/strict";
import { readZoneRule } from "../../../../src/isapi/documents/zone-rule";

const hoursAt = (zone: string, time: string): number | undefined => {
  const offset = readZoneRule(zone)?.(Date.parse(time));
  return offset === undefined ? undefined : offset / 3600_000;
};

describe("a device's time zone", () => {
  const berlin = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00";

  it("is ahead of UTC in the east, with the sign minus", () => {
    assert.equal(hoursAt("CST-8:00:00", "2026-07-01T00:00:00Z"), 8);
    assert.equal(hoursAt("CST+5:30:00", "2026-07-01T00:00:00Z"), -5.5);
    assert.equal(hoursAt("CST+0:00:00", "2026-07-01T00:00:00Z"), 0);
  });

  it("changes to summer time and back to the second", () => {
    assert.equal(hoursAt(berlin, "2026-03-29T00:59:59Z"), 1);
    assert.equal(hoursAt(berlin, "2026-03-29T01:00:00Z"), 2);
    assert.equal(hoursAt(berlin, "2026-10-25T00:59:59Z"), 2);
    assert.equal(hoursAt(berlin, "2026-10-25T01:00:00Z"), 1);
  });

  it("has summer time over the turn of the year in the south", () => {
    const sydney = "CST-10:00:00DST01:00:00,M10.1.0/02:00:00,M4.1.0/03:00:00";
    assert.equal(hoursAt(sydney, "2026-01-15T00:00:00Z"), 11);
    assert.equal(hoursAt(sydney, "2026-07-15T00:00:00Z"), 10);
    assert.equal(hoursAt(sydney, "2026-04-04T15:59:59Z"), 11);
    assert.equal(hoursAt(sydney, "2026-04-04T16:00:00Z"), 10);
  });

  it("may put the clock forward by half an hour", () => {
    const howe = "CST-10:30:00DST00:30:00,M10.1.0/02:00:00,M4.1.0/02:00:00";
    assert.equal(hoursAt(howe, "2026-01-15T00:00:00Z"), 11);
  });

  it("is undefined for invalid text", () => {
    for (const zone of [
      "",
      "Europe/Berlin",
      "CST",
      "CST-1:00:00DST01:00:00,J60,J300",
      "CST-1DST1,M13.1.0,M4.1.0",
    ]) {
      assert.equal(readZoneRule(zone), undefined, zone);
    }
  });
});
