import assert from "node:assert/strict";
import { Gate } from "../../../../src/isapi/alerts/gate";
import { ManualClock } from "../../../support/manual-clock";

describe("Gate", () => {
  const never = new Promise<void>(() => undefined);

  function start() {
    const clock = new ManualClock();
    const failures: unknown[] = [];
    const gate = new Gate(clock, (thrown) => failures.push(thrown));
    const through: number[] = [];
    const pass = (...numbers: number[]): void => {
      for (const each of numbers) gate.pass(() => through.push(each));
    };
    return { clock, gate, through, pass, failures };
  }

  it("passes queued parts in order, before later ones", () => {
    const { clock, gate, through, pass } = start();
    pass(1);
    gate.close(never, 2000);
    pass(2, 3);
    assert.deepEqual(through, [1]);
    clock.advance(2);
    pass(4);
    assert.deepEqual(through, [1, 2, 3, 4]);
    assert.equal(clock.pending, 0);
  });

  it("opens at a hundred queued parts", () => {
    const { gate, through, pass } = start();
    gate.close(never, 2000);
    pass(...Array.from({ length: 100 }, (_, index) => index));
    assert.equal(through.length, 100);
    gate.clear();
  });

  it("passes the other parts if a queued part fails", async () => {
    const { gate, through, pass, failures } = start();
    const fault = new Error("no");
    gate.close(Promise.resolve(), 2000);
    pass(1);
    gate.pass(() => {
      throw fault;
    });
    pass(2);
    await new Promise(setImmediate);
    assert.deepEqual([through, failures], [[1, 2], [fault]]);
  });
});
