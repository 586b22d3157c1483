import assert from "node:assert/strict";
import { HcpClient } from "../../../../../src/hcp/request/client";
import { appKey, appSecret, eventDest, SubscriptionRig, until } from "../../../../support/subscription-rig";

const other = "http://10.9.8.7:1880/other";

describe("EventSubscription", () => {
  let rig: SubscriptionRig;
  let gateway: SubscriptionRig["gateway"];
  let clock: SubscriptionRig["clock"];
  let reports: SubscriptionRig["reports"];
  let problems: SubscriptionRig["problems"];
  let advice: SubscriptionRig["advice"];
  let subscription: SubscriptionRig["subscription"];
  let calls: SubscriptionRig["calls"];
  let subscribed: SubscriptionRig["subscribed"];

  beforeEach(async () => {
    rig = await SubscriptionRig.start();
    ({ gateway, clock, reports, problems, advice, subscription, calls, subscribed } = rig);
  });
  afterEach(async () => {
    await rig.close();
  });

  it("subscribes only missing types", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest });
    await subscription([131331, 131588]).check();
    assert.deepEqual(calls("/eventSubscriptionByEventTypes"), [{ eventTypes: [131588], eventDest }]);
    assert.deepEqual(reports, [{ count: 2, gap: true }]);
  });

  it("does not treat types of another address as its own", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subscription([131331]).check();
    assert.deepEqual(subscribed(), [131331]);
  });

  it("subscribes at most 256 types per request", async () => {
    const types = Array.from({ length: 600 }, (_, index) => 700_000 + index);
    await subscription(types).check();
    assert.deepEqual(
      calls("/eventSubscriptionByEventTypes").map(({ eventTypes }) => eventTypes.length),
      [256, 256, 88],
    );
    assert.equal(subscribed()?.length, 600);
  });

  it("checks from time to time, and subscribes types that a restarted platform has forgotten", async () => {
    await subscription([131331]).check();
    gateway.events.forgetSubscriptions();
    clock.advance(60);
    await until(() => reports.length === 2);
    assert.deepEqual(subscribed(), [131331]);
    assert.deepEqual(reports[1], { count: 1, gap: true });
  });

  it("reports no gap if nothing has changed", async () => {
    const subject = subscription([131331]);
    await subject.check();
    await subject.check();
    assert.deepEqual(reports[1], { count: 1, gap: false });
  });

  for (const [fault, times] of [
    ["garbage", 1],
    ["half-body", 1],
    ["drop", 1],
    [{ status: 503 }, 1],
    // The client itself repeats the request twice.
    [{ status: 429 }, 3],
  ] as const) {
    it(`tries again before the next check after ${JSON.stringify(fault)}, and reports a gap`, async () => {
      const subject = subscription([131331]);
      await subject.check();
      gateway.fail(fault, times);
      await subject.check();
      assert.equal(problems.length, 1);
      assert.equal(reports.length, 1);
      clock.advance(2);
      await until(() => reports.length === 2);
      assert.deepEqual(reports[1], { count: 1, gap: true });
    });
  }

  it("ends a request to a platform that hangs, and tries again", async () => {
    await rig.client.close();
    rig.client = new HcpClient({ url: gateway.url, appKey, appSecret, timeout: 0.2 });
    gateway.fail("hang");
    await subscription([131331]).check();
    assert.equal((problems[0] as Error & { code?: string }).code, "TIMEOUT");
    assert.equal(clock.pending, 1);
  });

  it("reports a wrong clock", async () => {
    gateway.clockSkewMs = 3_600_000;
    await subscription([131331]).check();
    assert.equal(problems.length, 1);
    assert.ok(!(problems[0]?.stack ?? "").includes(appSecret));
  });

  it("subscribes the other types if the platform lacks some, and does not request those again", async () => {
    gateway.events.unsupportedTypes.add(700_003).add(700_090);
    const types = Array.from({ length: 100 }, (_, index) => 700_000 + index);
    const subject = subscription(types);
    await subject.check();
    assert.equal(subscribed()?.length, 98);
    assert.deepEqual(reports, [{ count: 98, gap: true }]);
    assert.deepEqual(
      problems.map(({ message }) => /Event type (\d+)/.exec(message)?.[1]),
      ["700003", "700090"],
    );
    const before = gateway.requests.length;
    await subject.check();
    assert.equal(gateway.requests.length, before + 1);
  });

  it("treats the rejection of all types as a rejection of the address, after a few requests", async () => {
    await subscription(
      Array.from({ length: 200 }, (_, index) => 700_000 + index),
      { eventDest: "http://no-port/path" },
    ).check();
    assert.equal(reports.length, 0);
    assert.ok(gateway.requests.length < 20, String(gateway.requests.length));
  });

  it("reports that a platform keeps the first address", async () => {
    gateway.events.destinations = "first";
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subscription([131331]).check();
    assert.deepEqual(
      problems.map((error) => (error as { code?: string }).code),
      ["HCP_SUBSCRIPTION_TAKEN"],
    );
    assert.deepEqual(reports, []);
  });

  it("reports nothing, and subscribes forgotten types again, if the platform keeps every address", async () => {
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    const subject = subscription([131331]);
    await subject.check();
    gateway.events.forgetSubscriptions();
    gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
    await subject.check();
    assert.deepEqual(subscribed(), [131331]);
    assert.deepEqual([problems, advice], [[], []]);
  });

  it("compares the platform's subscription for the dialog", async () => {
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
    it("is removed even if the node of the server is already closed", async () => {
      const subject = subscription([131331]);
      await subject.check();
      await rig.client.close();
      await subject.close(true);
      assert.equal(subscribed(), undefined);
    });

    it("reports when the platform cannot be reached", async () => {
      const subject = subscription([131331]);
      await subject.check();
      gateway.fail("hang");
      await assert.rejects(subject.close(true), (error: Error & { code?: string }) => {
        return (
          error.code === "TIMEOUT" &&
          error.message.includes("continues to post") &&
          !error.message.includes("cancelled")
        );
      });
    });

    it("is removed for types that no other receiver gets", async () => {
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

    it("stays for types that another node here needs, even one that only listens", async () => {
      const subject = subscription([131331, 131588, 131585]);
      const unmanaged = { eventDest: undefined };
      subscription([131588], unmanaged);
      await subject.check();
      await subject.close(true);
      assert.deepEqual(subscribed(), [131588]);
    });

    it("is removed once when several nodes are removed together", async () => {
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
