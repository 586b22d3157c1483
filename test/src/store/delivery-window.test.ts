import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { SourceHandler } from "../../../src/events/source";
import { DeliveryWindow, type WindowMessage, type WindowOptions } from "../../../src/store/delivery-window";
import { encodeMessage } from "../../../src/store/envelope";
import type { ConsumeOptions, EventStore, StoreDelivery } from "../../../src/store/store";
import { ManualClock } from "../../support/manual-clock";

/** What the window asked a store to do with one delivery. */
interface Asked {
  extended: number;
  again: number[];
  acknowledged: number;
}

describe("DeliveryWindow", () => {
  let clock: ManualClock;
  let handler: SourceHandler<StoreDelivery>;
  let options: ConsumeOptions;
  let shown: string[];
  let got: WindowMessage[];
  let removed: boolean | undefined;
  let window: DeliveryWindow;

  const store: EventStore = {
    put: () => Promise.reject(new Error("not used")),
    consume: (given, receiver) => {
      [options, handler] = [given, receiver];
      return {
        close: (isRemoved) => {
          removed = isRemoved;
          return Promise.resolve();
        },
      };
    },
    close: () => Promise.resolve(),
  };

  function open(changed: Partial<WindowOptions> = {}): void {
    window = new DeliveryWindow(
      store,
      { consumer: "main", pending: 2, ackWaitMs: 30_000, maxDeliver: 3, clock, ...changed },
      {
        event: (message) => void got.push(message),
        state: ({ kind }) => void shown.push(kind),
        failure: ({ code }) => void shown.push(code),
        warning: (text) => void shown.push(text),
      },
    );
  }

  beforeEach(() => {
    [clock, shown, got, removed] = [new ManualClock(), [], [], undefined];
    open();
  });

  /** Lets promises that are due run. */
  const settle = (): Promise<void> => new Promise(setImmediate);

  /** Delivers a message of a camera. */
  async function deliver(
    camera: string,
    sequence: number,
    changed: Partial<StoreDelivery> = {},
  ): Promise<Asked> {
    const asked: Asked = { extended: 0, again: [], acknowledged: 0 };
    void handler.event({
      subject: ["surveillance", "isapi", camera, "1", "motion"],
      sequence,
      count: 1,
      read: () => Promise.resolve(encodeMessage({ payload: sequence })),
      acknowledge: () => {
        asked.acknowledged += 1;
        return Promise.resolve();
      },
      again: (delay) => void asked.again.push(delay),
      extend: () => {
        asked.extended += 1;
      },
      ...changed,
    });
    await settle();
    return asked;
  }
  const sequences = (): number[] => got.map(({ sequence }) => sequence);

  it("decodes messages and says where they are", async () => {
    await deliver("gate", 7, { count: 2 });
    assert.deepEqual(got, [
      {
        msg: { payload: 7 },
        subject: ["surveillance", "isapi", "gate", "1", "motion"],
        sequence: 7,
        count: 2,
        givenUp: false,
      },
    ]);
  });

  it("lets at most pending messages in, and the next when one is acknowledged", async () => {
    for (const [at, camera] of ["a", "b", "c"].entries()) await deliver(camera, at + 1);
    assert.deepEqual(sequences(), [1, 2]);
    assert.equal(window.inFlow, 2);
    assert.equal(await window.acknowledge(1), true);
    await settle();
    assert.deepEqual(sequences(), [1, 2, 3]);
  });

  it("asks for more than pending, so that one camera does not hold up the others", () => {
    assert.ok(options.lookahead > 2 && options.lookahead < 1000);
  });

  it("lets one message of a camera in at a time", async () => {
    const first = await deliver("a", 1);
    await deliver("a", 2);
    await deliver("b", 3);
    assert.deepEqual(sequences(), [1, 3]);
    await window.acknowledge(1);
    await settle();
    assert.equal(first.acknowledged, 1);
    assert.deepEqual(sequences(), [1, 3, 2]);
  });

  it("lets the cameras take turns", async () => {
    open({ pending: 1 });
    for (const sequence of [1, 2, 3]) await deliver("busy", sequence);
    await deliver("quiet", 4);
    for (const sequence of [1, 4, 2]) {
      await window.acknowledge(sequence);
      await settle();
    }
    assert.deepEqual(sequences(), [1, 4, 2, 3]);
  });

  it("keeps the camera's place until the store has recorded the acknowledgement", async () => {
    let record = (): void => undefined;
    await deliver("a", 1, {
      acknowledge: () =>
        new Promise((resolve) => {
          record = resolve;
        }),
    });
    await deliver("a", 2);
    void window.acknowledge(1);
    await settle();
    assert.deepEqual(sequences(), [1]);
    record();
    await settle();
    assert.deepEqual(sequences(), [1, 2]);
  });

  it("asks for another delivery after ackWait; the camera waits for it", async () => {
    const first = await deliver("a", 1);
    await deliver("a", 2);
    clock.advance(30);
    assert.deepEqual(first.again, [0]);
    assert.equal(window.inFlow, 0);
    await deliver("a", 1, { count: 2 });
    assert.deepEqual(
      got.map(({ sequence, count }) => [sequence, count]),
      [
        [1, 1],
        [1, 2],
      ],
    );
  });

  it("tells the messages of several sites apart, which count on their own", async () => {
    const north = await deliver("a", 1, { site: "north" });
    const south = await deliver("a", 1, { site: "south" });
    assert.equal(window.inFlow, 2);
    assert.deepEqual(
      got.map(({ site }) => site),
      ["north", "south"],
    );
    assert.equal(await window.acknowledge(1, "south"), true);
    assert.equal(window.again(1, 50, "north"), true);
    assert.equal(window.again(1, 50), false);
    assert.deepEqual([north.acknowledged, south.acknowledged], [0, 1]);
    assert.deepEqual([north.again, south.again], [[50], []]);
  });

  it("tells the store that what waits is not lost", async () => {
    await deliver("a", 1);
    const waiting = await deliver("a", 2);
    clock.advance(25);
    assert.ok(waiting.extended >= 2);
  });

  it("asks for another delivery on request", async () => {
    const first = await deliver("a", 1);
    assert.equal(window.again(1, 5000), true);
    assert.deepEqual(first.again, [5000]);
    assert.equal(window.again(1, 5000), false);
    clock.advance(60);
    assert.deepEqual(first.again, [5000], "its ackWait is over");
  });

  it("accepts an acknowledgement that comes after ackWait", async () => {
    const first = await deliver("a", 1);
    clock.advance(31);
    assert.equal(await window.acknowledge(1), true);
    assert.equal(first.acknowledged, 1);
    await deliver("a", 1, { count: 2 });
    assert.equal(got.length, 1);
  });

  it("does not know what was never in the flow", async () => {
    assert.equal(await window.acknowledge(5), false);
    open({ pending: 1 });
    await deliver("a", 1);
    await deliver("b", 2);
    assert.equal(await window.acknowledge(2), false, "it waits outside");
  });

  it("drops what comes again although it was acknowledged, and acknowledges it again", async () => {
    await deliver("a", 1, { acknowledge: () => Promise.reject(new Error("connection lost")) });
    assert.equal(await window.acknowledge(1), true);
    const again = await deliver("a", 1, { count: 2 });
    assert.equal(again.acknowledged, 1);
    assert.equal(got.length, 1);
    assert.equal(await window.acknowledge(1), true, "a second acknowledgement is no mistake");
  });

  it("does not repeat what is in the flow when the store delivers it again", async () => {
    await deliver("a", 1);
    const again = await deliver("a", 1, { count: 2 });
    assert.equal(got.length, 1);
    await window.acknowledge(1);
    assert.equal(again.acknowledged, 1, "the store knows only the last delivery");
  });

  it("gives a message up after maxDeliver deliveries, and the camera goes on", async () => {
    const last = await deliver("a", 1, { count: 4 });
    await deliver("a", 2);
    assert.deepEqual(
      got.map(({ sequence, count, givenUp }) => ({ sequence, count, givenUp })),
      [
        { sequence: 1, count: 3, givenUp: true },
        { sequence: 2, count: 1, givenUp: false },
      ],
    );
    assert.equal(last.acknowledged, 1);
  });

  it("gives a message up whose bytes cannot be decoded, with its bytes", async () => {
    const bytes = encodeMessage({ payload: 1 }).subarray(0, 20);
    const bad = await deliver("a", 1, { read: () => Promise.resolve(bytes) });
    assert.deepEqual(shown, ["STORE_MESSAGE_INVALID"]);
    assert.deepEqual(got[0]?.msg.payload, Buffer.from(bytes));
    assert.equal(got[0].givenUp, true);
    assert.equal(bad.acknowledged, 1);
  });

  it("reads a message again later when the store cannot be read now", async () => {
    const first = await deliver("a", 1, { read: () => Promise.reject(new Error("connection lost")) });
    assert.deepEqual(first.again, [1000]);
    await deliver("a", 1);
    assert.deepEqual(sequences(), [1]);
  });

  it("goes on when a flow throws", async () => {
    window = new DeliveryWindow(
      store,
      { consumer: "c", pending: 5, ackWaitMs: 1000, maxDeliver: 3, clock },
      {
        event: () => {
          throw new Error("broken flow");
        },
        state: () => undefined,
        failure: () => undefined,
        warning: (text) => void shown.push(text),
      },
    );
    const asked = await deliver("a", 1);
    assert.deepEqual(shown, ["broken flow"]);
    clock.advance(1);
    assert.deepEqual(asked.again, [0]);
  });

  it("passes on the states and failures of the store", () => {
    handler.state({ kind: "connected" });
    handler.warning("slow");
    assert.deepEqual(shown, ["connected", "slow"]);
  });

  it("lets nothing in after it was closed, and leaves no timer", async () => {
    await deliver("a", 1);
    await deliver("a", 2);
    await window.close(true);
    assert.equal(removed, true);
    await deliver("b", 3);
    assert.deepEqual(sequences(), [1]);
    assert.equal(clock.pending, 0);
    assert.equal(await window.acknowledge(1), false);
  });
});
