import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { SourceHandler } from "../../../src/events/source";
import { DeliveryWindow } from "../../../src/store/delivery-window";
import { encodeMessage } from "../../../src/store/envelope";
import type { EventStore, StoreDelivery } from "../../../src/store/store";
import { ManualClock } from "../../support/manual-clock";

const ACK_WAIT = 30;

describe("a DeliveryWindow among others", () => {
  let clock: ManualClock;
  let handler: SourceHandler<StoreDelivery>;
  let got: unknown[];
  let window: DeliveryWindow;

  const store: EventStore = {
    put: () => Promise.reject(new Error("not used")),
    consume: (_options, receiver) => {
      handler = receiver;
      return { close: () => Promise.resolve() };
    },
    close: () => Promise.resolve(),
  };

  beforeEach(() => {
    [clock, got] = [new ManualClock(), []];
    const options = { consumer: "main", pending: 5, ackWaitMs: ACK_WAIT * 1000, maxDeliver: 9, clock };
    window = new DeliveryWindow(store, options, {
      event: ({ msg }) => void got.push(msg.payload),
      state: () => undefined,
      failure: () => undefined,
      warning: () => undefined,
    });
    handler.state({ kind: "connected" });
  });

  async function deliver(payload: string, sequence: number, changed: Partial<StoreDelivery> = {}) {
    void handler.event({
      subject: ["surveillance", "isapi", "gate", "1", "motion"],
      sequence,
      count: 1,
      read: () => Promise.resolve(encodeMessage({ payload })),
      acknowledge: () => Promise.resolve(),
      again: () => undefined,
      extend: () => undefined,
      ...changed,
    });
    await new Promise(setImmediate);
  }

  it("delivers the messages of a stream that was made anew, which counts from 1 again", async () => {
    await deliver("before", 1, { storedAt: "08:00" });
    await window.acknowledge(1);
    await deliver("after", 1, { storedAt: "09:00" });
    assert.deepEqual(got, ["before", "after"]);
  });

  it("drops what a killed server delivers as if for the first time", async () => {
    await deliver("once", 1, { storedAt: "08:00" });
    await window.acknowledge(1);
    await deliver("once", 1, { storedAt: "08:00" });
    assert.deepEqual(got, ["once"]);
  });

  it("goes on with a camera whose message went to another reader of the consumer", async () => {
    await deliver("first", 1);
    await deliver("second", 2);
    clock.advance(ACK_WAIT);
    assert.deepEqual(got, ["first"], "it expects the message back");
    clock.advance(ACK_WAIT + 5);
    await new Promise(setImmediate);
    assert.deepEqual(got, ["first", "second"]);
  });

  it("does not lose a message that came back and waits for room in the flow", async () => {
    await deliver("back", 1);
    window.again(1, 0);
    clock.advance(20);
    for (const at of [2, 3, 4, 5, 6]) {
      await deliver(`other ${at}`, at, { subject: ["surveillance", "isapi", `camera ${at}`, "1", "motion"] });
    }
    await deliver("back", 1, { count: 2 });
    clock.advance(20);
    assert.equal(window.inFlow, 5);
    await window.acknowledge(2);
    await new Promise(setImmediate);
    assert.equal(got.at(-1), "back");
  });

  it("keeps the camera's order while the store cannot deliver", async () => {
    await deliver("first", 1);
    await deliver("second", 2);
    handler.state({ kind: "connecting" });
    clock.advance(10 * ACK_WAIT);
    handler.state({ kind: "connected" });
    await deliver("first", 1, { count: 2 });
    await window.acknowledge(1);
    await new Promise(setImmediate);
    assert.deepEqual(got, ["first", "first", "second"]);
  });
});
