import assert from "node:assert/strict";
import { TimestampWatch } from "../../../../src/rtsp/recording/timestamp-watch";

describe("TimestampWatch", () => {
  it("accepts jitter, a stall with a later burst, and a constant drift", () => {
    const watch = new TimestampWatch(10);
    for (let second = 0; second < 100_000; second += 1) {
      const late = second % 100 === 50 ? 12 : 0;
      assert.equal(watch.jumped(second * 1.001, (second + late) * 1000), false, `${second}`);
    }
  });

  it("detects timestamps that jump ahead, jump back, or stand still", () => {
    for (const stamp of [(second: number) => second + 3600, (second: number) => second - 3600, () => 30]) {
      const watch = new TimestampWatch(10);
      for (let second = 0; second <= 30; second++) assert.equal(watch.jumped(second, second * 1000), false);
      let found = 30;
      while (!watch.jumped(stamp(found), found * 1000)) found++;
      assert.ok(found <= 52, `${found}`);
    }
  });
});
