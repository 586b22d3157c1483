import assert from "node:assert/strict";
import { DripGuard } from "../../../../src/isapi/stream/drip-guard";
import { ManualClock } from "../../../support/manual-clock";

describe("DripGuard", () => {
  let clock: ManualClock;
  let guard: DripGuard;
  beforeEach(() => {
    clock = new ManualClock();
    guard = new DripGuard({ clock, timeout: 10_000, where: "The stream" });
  });

  /** Sends chunks, with a pause before each. */
  function come(chunks: number, bytes: number, seconds: number, fill = "x"): void {
    for (let count = 0; count < chunks; count += 1) {
      clock.advance(seconds);
      guard.check(Buffer.alloc(bytes, fill));
    }
  }

  it("fails for a part that arrives byte by byte", () => {
    assert.throws(
      () => {
        come(40, 1, 0.3);
      },
      { code: "TIMEOUT" },
    );
  });

  it("allows a quiet stream, also with an early boundary", () => {
    guard.check(Buffer.from("--boundary"));
    clock.advance(3600);
    come(20, 10_000, 0.1);
    guard.part();
    clock.advance(3600);
    come(20, 10_000, 0.1);
  });

  it("allows one part after the other, and a large one that makes progress", () => {
    for (let count = 0; count < 100; count += 1) {
      come(1, 300, 0.3);
      guard.part();
    }
    come(100, 20_000, 1);
  });

  it("ignores blank lines", () => {
    come(100, 2, 1, "\n");
  });

  it("ignores blank lines after a part and after an early boundary", () => {
    guard.part();
    guard.check(Buffer.from("<EventNotificationAlert/>"));
    come(100, 2, 1, "\n");
    guard.check(Buffer.from("--boundary"));
    come(100, 2, 1, "\n");
  });
});
