import assert from "node:assert/strict";
import { platformTime } from "../../../src/hcp/time";

const plusEight = (): number => 480;

describe("a time for the platform", () => {
  it("is written in whole seconds with an offset", () => {
    const written = "2018-08-15T00:00:00+08:00";
    assert.equal(platformTime(new Date("2018-08-14T16:00:00.999Z"), plusEight), written);
    assert.equal(platformTime(Date.UTC(2018, 7, 14, 16), plusEight), written);
    assert.equal(platformTime("2018-08-15T00:00:00", plusEight), written);
  });

  it("keeps the offset of a text", () => {
    assert.equal(platformTime("2018-08-15T00:00:00-03:30", plusEight), "2018-08-15T00:00:00-03:30");
    assert.equal(platformTime("2018-08-15T00:00:00.123+0200", plusEight), "2018-08-15T00:00:00+02:00");
    assert.equal(platformTime("2018-08-15T00:00:00Z", plusEight), "2018-08-15T00:00:00+00:00");
  });

  it("accepts the spaces that the guide prints", () => {
    const written = "2018-07-26T15:00:00+08:00";
    assert.equal(platformTime("2018-07-26T15:00:00 + 08:00"), written);
    assert.equal(platformTime("2018-07-26T 15:00:00.000+08:00"), written);
    assert.equal(platformTime("2018-07-26 15:00:00.000+08:00"), written);
  });

  it("reads a date alone as midnight", () => {
    assert.equal(platformTime("2018-08-15", plusEight), "2018-08-15T00:00:00+08:00");
  });

  it("writes offsets west of Greenwich and of half hours", () => {
    assert.equal(
      platformTime(Date.UTC(2018, 7, 15), () => -570),
      "2018-08-14T14:30:00-09:30",
    );
  });

  it("uses the offset of the instant itself when the clocks change", () => {
    // Central European Time: at 01:00 UTC on 31 March 2024 clocks go from +01:00 to +02:00.
    const change = Date.UTC(2024, 2, 31, 1);
    const zone = (instant: Date): number => (instant.getTime() < change ? 60 : 120);

    assert.equal(platformTime("2024-03-31T01:30:00", zone), "2024-03-31T01:30:00+01:00");
    assert.equal(platformTime("2024-03-31T03:30:00", zone), "2024-03-31T03:30:00+02:00");
  });

  it("is undefined for a value that is not a time", () => {
    const none = [
      "",
      "now",
      "2018-13-01",
      "2018-02-30",
      "2018-08-15T25:00:00",
      "2018-08-15T00:00:00+99:99",
      NaN,
      null,
      {},
      true,
    ];
    for (const value of none) {
      assert.equal(platformTime(value), undefined, JSON.stringify(value));
    }
    assert.equal(platformTime(new Date(NaN)), undefined);
    assert.equal(platformTime(1e15), undefined);
  });

  it("uses the zone of this process by default", () => {
    const written = platformTime(new Date("2018-08-15T12:00:00Z"));
    assert.ok(written);
    assert.equal(Date.parse(written), Date.parse("2018-08-15T12:00:00Z"));
  });
});
