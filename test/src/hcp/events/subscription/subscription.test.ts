import assert from "node:assert/strict";
import { HcpClient } from "../../../../../src/hcp/request/client";
import { appKey, appSecret, eventDest, SubscriptionRig, until } from "../../../../support/subscription-rig";

const other = "http://10.9.8.7:1880/other";

describe("EventSubscription", () => {
  let rig: SubscriptionRig;
  let gateway: SubscriptionRig["gateway"];
  let clock: SubscriptionRig["clock"];
  let told: SubscriptionRig["told"];
  let problems: SubscriptionRig["problems"];
  let advice: SubscriptionRig["advice"];
  let subscription: SubscriptionRig["subscription"];
  let calls: SubscriptionRig["calls"];
  let subscribed: SubscriptionRig["subscribed"];

  beforeEach(async () => {
    rig = await SubscriptionRig.start();
    ({ gateway, clock, told, problems, advice, subscription, calls, subscribed } = rig);
  });
  afterEach(async () => {
    await rig.close();
  });

  it("subscribes only what is missing", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest });
    await subscription([131331, 131588]).check();
    assert.deepEqual(calls("/eventSubscriptionByEventTypes"), [{ eventTypes: [131588], eventDest }]);
    assert.deepEqual(told, [{ count: 2, gap: true }]);
  });

  it("does not take what another address gets for its own", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subscription([131331]).check();
    assert.deepEqual(subscribed(), [131331]);
  });

  it("asks for at most 256 types in a call", async () => {
    const types = Array.from({ length: 600 }, (_, index) => 700_000 + index);
    await subscription(types).check();
    assert.deepEqual(
      calls("/eventSubscriptionByEventTypes").map(({ eventTypes }) => eventTypes.length),
      [256, 256, 88],
    );
    assert.equal(subscribed()?.length, 600);
  });

  it("looks again from time to time, and subscribes what a restarted platform has forgotten", async () => {
    await subscription([131331]).check();
    gateway.events.forgetSubscriptions();
    clock.advance(60);
    await until(() => told.length === 2);
    assert.deepEqual(subscribed(), [131331]);
    assert.deepEqual(told[1], { count: 1, gap: true });
  });

  it("reports no gap where all is as it was", async () => {
    const subject = subscription([131331]);
    await subject.check();
    await subject.check();
    assert.deepEqual(told[1], { count: 1, gap: false });
  });

  for (const [fault, times] of [
    ["garbage", 1],
    ["half-body", 1],
    ["drop", 1],
    [{ status: 503 }, 1],
    // Twice the client tries again by itself.
    [{ status: 429 }, 3],
  ] as const) {
    it(`tries again, sooner than usual, after ${JSON.stringify(fault)}, and reports a gap`, async () => {
      const subject = subscription([131331]);
      await subject.check();
      gateway.fail(fault, times);
      await subject.check();
      assert.equal(problems.length, 1);
      assert.equal(told.length, 1);
      clock.advance(2);
      await until(() => told.length === 2);
      assert.deepEqual(told[1], { count: 1, gap: true });
    });
  }

  it("gives up on a platform that hangs, and tries again", async () => {
    await rig.client.close();
    rig.client = new HcpClient({ url: gateway.url, appKey, appSecret, timeout: 0.2 });
    gateway.fail("hang");
    await subscription([131331]).check();
    assert.equal((problems[0] as Error & { code?: string }).code, "TIMEOUT");
    assert.equal(clock.pending, 1);
  });

  it("reports what a clock that is wrong leads to", async () => {
    gateway.clockSkewMs = 3_600_000;
    await subscription([131331]).check();
    assert.equal(problems.length, 1);
    assert.ok(!(problems[0]?.stack ?? "").includes(appSecret));
  });

  it("subscribes the others where the platform does not have some types, and asks no more for those", async () => {
    gateway.events.unsupportedTypes.add(700_003).add(700_090);
    const types = Array.from({ length: 100 }, (_, index) => 700_000 + index);
    const subject = subscription(types);
    await subject.check();
    assert.equal(subscribed()?.length, 98);
    assert.deepEqual(told, [{ count: 98, gap: true }]);
    assert.deepEqual(
      problems.map(({ message }) => /Event type (\d+)/.exec(message)?.[1]),
      ["700003", "700090"],
    );
    const before = gateway.requests.length;
    await subject.check();
    assert.equal(gateway.requests.length, before + 1);
  });

  it("takes a refusal of everything for a refusal of the address, after a few calls", async () => {
    await subscription(
      Array.from({ length: 200 }, (_, index) => 700_000 + index),
      { eventDest: "http://no-port/path" },
    ).check();
    assert.equal(told.length, 0);
    assert.ok(gateway.requests.length < 20, String(gateway.requests.length));
  });

  it("tells that a platform keeps the address that came first", async () => {
    gateway.events.destinations = "first";
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subscription([131331]).check();
    assert.deepEqual(
      problems.map((error) => (error as { code?: string }).code),
      ["HCP_SUBSCRIPTION_TAKEN"],
    );
    assert.deepEqual(told, []);
  });

  it("says nothing, and subscribes again what was forgotten, where the platform keeps every address", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    const subject = subscription([131331]);
    await subject.check();
    gateway.events.forgetSubscriptions();
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subject.check();
    assert.deepEqual(subscribed(), [131331]);
    assert.deepEqual([problems, advice], [[], []]);
  });

  it("tells for a dialog how the platform's view compares", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    const subject = subscription([131331, 131588]);
    assert.deepEqual(await subject.compare(), {
      ok: true,
      types: 2,
      subscribed: 0,
      otherAddresses: ["http://10.9.8.7:1880"],
    });
    gateway.fail({ code: "0x02401007" });
    assert.equal((await subject.compare()).ok, false);
  });

  describe("that is no longer needed", () => {
    it("is ended though the node of the server was closed before", async () => {
      const subject = subscription([131331]);
      await subject.check();
      await rig.client.close();
      await subject.close(true);
      assert.equal(subscribed(), undefined);
    });

    it("says what goes on where the platform cannot be told", async () => {
      const subject = subscription([131331]);
      await subject.check();
      gateway.fail("hang");
      await assert.rejects(subject.close(true), (error: Error & { code?: string }) => {
        return (
          error.code === "TIMEOUT" &&
          error.message.includes("goes on posting") &&
          !error.message.includes("cancelled")
        );
      });
    });

    it("is ended for the types that nobody else gets", async () => {
      gateway.events.subscriptions.push({ eventTypes: [131588], eventDest: other });
      const subject = subscription([131331, 131588]);
      await subject.check();
      await subject.close(true);
      assert.deepEqual(
        calls("/eventUnSubscriptionByEventTypes").map(({ eventTypes }) => eventTypes),
        [[131331]],
      );
      assert.deepEqual(subscribed(other), [131588]);
    });

    it("stays for the types that another node here needs, be it only by listening", async () => {
      const subject = subscription([131331, 131588, 131585]);
      const unmanaged = { eventDest: undefined };
      subscription([131588], unmanaged);
      await subject.check();
      await subject.close(true);
      assert.deepEqual(subscribed(), [131588]);
    });

    it("is ended by the last of several that are removed together", async () => {
      const both = [subscription([131331]), subscription([131331])];
      await Promise.all(both.map((subject) => subject.check()));
      await Promise.all(both.map((subject) => subject.close(true)));
      assert.equal(subscribed(), undefined);
    });

    it("stays when the node is only redeployed", async () => {
      const subject = subscription([131331]);
      await subject.check();
      await subject.close(false);
      assert.deepEqual(subscribed(), [131331]);
      assert.equal(clock.pending, 0);
    });
  });
});
