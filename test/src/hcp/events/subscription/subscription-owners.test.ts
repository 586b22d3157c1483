import assert from "node:assert/strict";
import type {
  EventSubscription,
  EventSubscriptionOptions,
} from "../../../../../src/hcp/events/subscription/subscription";
import { eventDest, SubscriptionRig, until } from "../../../../support/subscription-rig";

const other = "http://10.9.8.7:1880/other";

describe("EventSubscription and other receivers", () => {
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

  describe("whose settings have changed", () => {
    const old = "http://127.0.0.1:1880/hcp/events/0ld";
    /** Runs a subscription with other settings and closes it. */
    async function earlier(eventTypes: number[], dest = old): Promise<void> {
      const before = subscription(eventTypes, { eventDest: dest });
      await before.check();
      await before.close(false);
      gateway.requests.length = 0;
    }
    async function later(
      eventTypes: number[],
      options: Partial<EventSubscriptionOptions> = {},
    ): Promise<void> {
      const own = rig.remembered;
      const subject = subscription(eventTypes, options);
      subject.remember(own);
      await subject.check();
    }

    it("unsubscribes the address it had before", async () => {
      await earlier([131331, 131588]);
      await later([131331, 131588]);
      assert.deepEqual(gateway.events.subscriptions, [{ eventTypes: [131331, 131588], eventDest }]);
      assert.deepEqual(reports.at(-1), { count: 2, gap: true });
    });

    it("unsubscribes only types that are no longer chosen", async () => {
      await earlier([131331, 131588], eventDest);
      await later([131588, 131585]);
      assert.deepEqual(subscribed(), [131588, 131585]);
      assert.deepEqual(
        calls("/eventUnSubscriptionByEventTypes").map(({ eventTypes }) => eventTypes),
        [[131331]],
      );
    });

    it("does not unsubscribe a type that another receiver gets", async () => {
      await earlier([131331, 131588]);
      gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
      await later([131331, 131588]);
      assert.deepEqual(subscribed(other), [131331]);
      assert.deepEqual(subscribed(old), [131331]);
      assert.deepEqual(subscribed(), [131331, 131588]);
    });

    it("unsubscribes that type when no other receiver gets it any more", async () => {
      await earlier([131331]);
      gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: other });
      await later([131331]);
      gateway.events.subscriptions.splice(1, 1);
      clock.advance(60);
      await until(() => reports.length === 3);
      assert.equal(subscribed(old), undefined);
      assert.deepEqual(subscribed(), [131331]);
    });

    it("does not unsubscribe types that a user subscribed at its own address", async () => {
      gateway.events.subscriptions.push({ eventTypes: [131585], eventDest });
      await later([131331]);
      assert.deepEqual(subscribed(), [131585, 131331]);
    });

    it("subscribes types of another node here again after unsubscribing them for both", async () => {
      await earlier([131331]);
      const neighbour = "http://127.0.0.1:1880/neighbour/t";
      await subscription([131331], { eventDest: neighbour, onOwn: () => Promise.resolve() }).check();
      await later([131331]);
      assert.deepEqual(
        [subscribed(old), subscribed(neighbour), subscribed()],
        [undefined, [131331], [131331]],
      );
    });

    it("finds its subscription again after it was killed while subscribing", async () => {
      const before = subscription([131331], { eventDest: old });
      gateway.fail("drop", 1, "/eventSubscriptionByEventTypes");
      await before.check();
      await before.close(false);
      gateway.events.subscriptions.push({ eventTypes: [131331], eventDest: old });
      await later([131331]);
      assert.equal(subscribed(old), undefined);
    });

    it("subscribes even if the platform cannot unsubscribe", async () => {
      await earlier([131331]);
      gateway.fail({ code: "8", msg: "not supported" }, 1, "/eventUnSubscriptionByEventTypes");
      await later([131331]);
      assert.deepEqual(subscribed(), [131331]);
      assert.deepEqual(problems, []);
    });

    it("stores no token in its memory", async () => {
      await earlier([131331]);
      assert.ok(!JSON.stringify(rig.remembered).includes("0ld"));
    });
  });

  describe("that are removed", () => {
    const neighbour = "http://127.0.0.1:1880/neighbour/t";
    const both = async (second = neighbour): Promise<[EventSubscription, EventSubscription]> => {
      const pair = [subscription([131331, 131588]), subscription([131331], { eventDest: second })] as const;
      for (const each of pair) await each.check();
      return [...pair];
    };

    for (const first of ["removed", "kept"] as const) {
      it(`leave nothing subscribed after a full deploy that closes the ${first} one first`, async () => {
        const [removed, kept] = await both();
        const closing = [(): Promise<void> => removed.close(true), (): Promise<void> => kept.close(false)];
        if (first === "kept") closing.reverse();
        await Promise.all(closing.map((close) => close()));
        await subscription([131331], { eventDest: neighbour }).check();
        assert.deepEqual([subscribed(), subscribed(neighbour)], [undefined, [131331]]);
      });
    }

    it("leave nothing subscribed when removed together, at two addresses or one", async () => {
      for (const second of [neighbour, eventDest]) {
        const pair = await both(second);
        await Promise.all(pair.map((each) => each.close(true)));
        assert.deepEqual(gateway.events.subscriptions, [], second);
      }
    });
  });

  describe("of two receivers, on a platform that keeps one address per type", () => {
    const there = "http://10.9.8.7:1880/hcp/events/s3cret";
    let ours: EventSubscription;
    let theirs: EventSubscription;
    beforeEach(async () => {
      gateway.events.destinations = "latest";
      ours = subscription([131331, 131588]);
      await ours.check();
      theirs = subscription([131331], { eventDest: there });
      await theirs.check();
    });

    it("reports that this node has taken types", () => {
      assert.deepEqual(
        advice.map(({ code }) => code),
        ["HCP_SUBSCRIPTION_TAKEN"],
      );
      assert.match(
        advice[0]?.message ?? "",
        /1 types that went to http:\/\/127\.0\.0\.1:1880 now go to this node/,
      );
      assert.ok(!(advice[0]?.message ?? "").includes("t0ken"));
    });

    it("reports lost types at its next check", async () => {
      await ours.check();
      assert.deepEqual(
        problems.map(({ message }) =>
          message.includes("types go to http://10.9.8.7:1880 instead of this node"),
        ),
        [true],
      );
      assert.ok(!(problems[0]?.message ?? "").includes("s3cret"));
    });

    it("takes no types back, however often both check", async () => {
      const before = calls("/eventSubscriptionByEventTypes").length;
      for (let times = 0; times < 5; times += 1) {
        await ours.check();
        await theirs.check();
      }
      assert.equal(calls("/eventSubscriptionByEventTypes").length, before);
      assert.deepEqual(subscribed(there), [131331]);
    });

    it("sends no requests between checks", async () => {
      await ours.check();
      const before = gateway.requests.length;
      clock.advance(59);
      await new Promise(setImmediate);
      assert.equal(gateway.requests.length, before);
    });

    it("subscribes them again, with a gap, when the other no longer has them", async () => {
      await ours.check();
      await theirs.close(true);
      await ours.check();
      assert.deepEqual(subscribed()?.sort(), [131331, 131588]);
      assert.deepEqual(reports.at(-1), { count: 2, gap: true });
    });

    it("takes a type back at the next deploy", async () => {
      await ours.close(false);
      await subscription([131331, 131588]).check();
      assert.deepEqual(subscribed()?.sort(), [131331, 131588]);
      assert.equal(subscribed(there), undefined);
    });
  });
});
