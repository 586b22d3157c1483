import assert from "node:assert/strict";
import { spacedTime } from "../../../servers/hcp/event-service";
import { HcpEventSourceRig, GRANTED, SECOND, until } from "../../../support/hcp-event-rig";

describe("HcpEventSource", () => {
  let rig: HcpEventSourceRig;
  beforeEach(async () => {
    rig = await HcpEventSourceRig.begin();
  });
  afterEach(() => rig.end());

  it("ignores the clock of a device that is ahead", async () => {
    const source = await rig.subscribed();
    await source.receive(
      rig.post(rig.motion("ahead", { happenTime: spacedTime(rig.clock.now() + 24 * 3600 * SECOND) })),
    );
    await until(() => rig.out.length === 1);
    await rig.stop(source);
    rig.clock.advance(30);
    rig.record("missed");
    rig.start();
    await until(() => rig.out.length === 2);
    assert.deepEqual(rig.backfilled, ["missed"]);
  });

  it("uses the platform's clock, not its own", async () => {
    const ahead = 10 * 60 * SECOND;
    const platformTime = (): string => spacedTime(rig.clock.now() + ahead);
    const params = { sendTime: platformTime(), events: [rig.motion("seen", { happenTime: platformTime() })] };
    const source = await rig.subscribed();
    await source.receive(Buffer.from(JSON.stringify({ params })));
    await until(() => rig.out.length === 1);
    rig.gateway.events.forgetSubscriptions();
    rig.clock.advance(20);
    rig.record("missed", { startTime: rig.clock.now() + ahead });
    rig.clock.advance(40);
    await until(() => rig.out.length === 2);
    assert.deepEqual(rig.backfilled, ["missed"]);
  });

  describe("reports its state:", () => {
    const kinds = (): string[] => rig.states.map(({ kind }) => kind);

    it("connecting, waiting once subscribed, connected with the first post", async () => {
      const source = await rig.subscribed();
      assert.deepEqual(kinds(), ["connecting", "waiting"]);
      for (const id of ["a", "b"]) await source.receive(rig.post(rig.motion(id)));
      rig.clock.advance(1);
      await source.receive(rig.post(rig.motion("c")));
      const posted = rig.clock.now() - SECOND;
      assert.deepEqual(rig.states.slice(2), [
        { kind: "connected", types: 2, posted },
        { kind: "connected", types: 2, posted: posted + SECOND },
      ]);
    });

    it("connecting until the first post if it does not manage the subscription", async () => {
      const source = rig.start({ eventDest: undefined });
      await source.receive(rig.post());
      assert.deepEqual(rig.states, [{ kind: "connecting" }, { kind: "connected", posted: rig.clock.now() }]);
    });

    it("retrying, and not connected by a post, until it is subscribed again", async () => {
      const source = await rig.subscribed();
      rig.gateway.fail({ status: 503 });
      rig.clock.advance(60);
      await until(() => kinds().includes("retrying"));
      const state = rig.states.at(-1);
      assert.deepEqual(state?.kind === "retrying" && [state.error.code, state.retryMs], ["HCP_BUSY", 2000]);
      await source.receive(rig.post(rig.motion("a")));
      assert.equal(kinds().at(-1), "retrying");
      rig.clock.advance(2);
      await until(() => kinds().at(-1) === "connected");
    });

    it("a failure of the subscription once, until it is over", async () => {
      await rig.subscribed();
      rig.gateway.fail({ status: 503 }, 2);
      const retries = (): number => kinds().filter((kind) => kind === "retrying").length;
      rig.clock.advance(60);
      await until(() => retries() === 1);
      rig.clock.advance(2);
      await until(() => retries() === 2);
      assert.equal(rig.problems.length, 1);
    });
  });

  describe("whose process is killed", () => {
    /** Advances the clock until sent events count as delivered, and waits until they are written to disk. */
    async function settle(): Promise<void> {
      const before = rig.journal;
      rig.clock.advance(1.2);
      await until(() => rig.journal.length > before.length && rig.journal.endsWith("\n"));
    }
    const states = (): string[] => rig.out.map(({ event }) => `${event.id} ${event.state}`);

    it("fetches missed events if it is killed before its first event", async () => {
      await rig.subscribed();
      rig.clock.advance(5);
      rig.record("missed");
      await rig.subscribed();
      await until(() => rig.out.length === 1);
      assert.deepEqual(rig.backfilled, ["missed"]);
    });

    it("fetches missed events from a platform whose clock is behind", async () => {
      const behind = 3 * 60 * SECOND;
      Object.defineProperty(rig.gateway, "clockSkewMs", {
        get: () => rig.clock.now() - Date.now() - behind,
      });
      await rig.subscribed();
      rig.clock.advance(5);
      rig.record("missed", { startTime: rig.clock.now() - behind });
      await rig.subscribed();
      await until(() => rig.out.length === 1);
      assert.deepEqual(rig.backfilled, ["missed"]);
    });

    it("does not send a delivered event again, whatever state its record has", async () => {
      const source = await rig.subscribed();
      for (const [id, status] of [
        ["start", 1],
        ["pulse", 0],
      ] as const) {
        rig.record(id);
        await source.receive(rig.post(rig.motion(id, { status })));
      }
      await until(() => rig.out.length === 2);
      await settle();
      rig.record("missed");
      await rig.subscribed();
      await until(() => rig.out.length === 3);
      assert.deepEqual(states(), ["start start", "pulse pulse", "missed pulse"]);
    });

    it("sends pending events again, with the same id", async () => {
      const source = await rig.subscribed();
      rig.record("pending");
      await source.receive(rig.post(rig.motion("pending")));
      await until(() => rig.out.length === 1);
      await rig.subscribed();
      await until(() => rig.out.length === 2);
      assert.deepEqual(rig.ids, ["pending", "pending"]);
    });

    it("treats events that the flow has not acknowledged as pending", async () => {
      let keep: () => void = () => undefined;
      const source = await rig.subscribed({
        event: () => new Promise<void>((resolve) => (keep = resolve)),
      });
      rig.record("kept late");
      await source.receive(rig.post(rig.motion("kept late")));
      await until(() => rig.out.length === 1);
      await settle();
      await rig.subscribed();
      await until(() => rig.out.length === 2);
      keep();
    });

    it("responds to the post of an old event only when a restart finds the event", async () => {
      const hour = 3600 * SECOND;
      const source = await rig.subscribed();
      const startTime = rig.clock.now() - hour;
      rig.record("late", { startTime });
      await source.receive(rig.post(rig.motion("late", { happenTime: spacedTime(startTime) })));
      await rig.subscribed();
      await until(() => rig.backfilled.length === 1);
      assert.deepEqual(rig.backfilled, ["late"]);
    });

    describe("during an event that began long before", () => {
      const hour = 3600;

      /**
       * Delivers the start of an event and, an hour later, another event. Then the process is killed, and then the
       * event ends.
       */
      async function killedMeanwhile(): Promise<void> {
        const source = await rig.subscribed();
        const startTime = rig.clock.now();
        await source.receive(rig.post(rig.motion("long", { status: 1 })));
        await until(() => rig.out.length === 1);
        await settle();
        rig.clock.advance(hour);
        rig.record("later");
        await source.receive(rig.post(rig.motion("later")));
        await until(() => rig.out.length === 2);
        await settle();
        rig.clock.advance(5);
        rig.record("long", { startTime, stopTime: rig.clock.now() });
      }
      const delivered = ["long start", "later pulse"];

      it("sends the end of the event", async () => {
        await killedMeanwhile();
        await rig.subscribed();
        await until(() => rig.out.length === 3);
        assert.deepEqual(states(), [...delivered, "long end"]);
        assert.deepEqual(rig.backfilled, ["long"]);
      });

      it("sends the end of the event once, however often the source starts", async () => {
        await killedMeanwhile();
        await rig.subscribed();
        await until(() => rig.out.length === 3);
        await settle();
        rig.record("missed");
        await rig.subscribed();
        await until(() => rig.out.length === 4);
        assert.deepEqual(states(), [...delivered, "long end", "missed pulse"]);
      });

      it("sends no other event of that time, even if the platform ignores the condition", async () => {
        rig.gateway.events.searchById = "ignored";
        await killedMeanwhile();
        rig.record("of others", { eventType: 1, startTime: rig.clock.now() - hour * SECOND });
        await rig.subscribed();
        await until(() => rig.out.length === 3);
        assert.deepEqual(states(), [...delivered, "long end"]);
      });

      it("reports when the platform does not search by id, and fetches the other events", async () => {
        rig.gateway.events.searchById = "refused";
        await killedMeanwhile();
        rig.record("missed");
        await rig.subscribed();
        await until(() => rig.problems.length > 0 && rig.out.length === 3);
        assert.deepEqual(states(), [...delivered, "missed pulse"]);
        assert.deepEqual(
          rig.problems.map(({ code, message }) => [code, /^[^:]*/.exec(message)?.[0]]),
          [["HCP_EVENTS_MISSED", "The ends of events that began before the gap cannot be fetched"]],
        );
      });
    });
  });

  it("takes over the memory of an earlier version once", async () => {
    const time = rig.clock.now();
    rig.record("seen");
    rig.record("missed");
    const inherited = {
      latest: time,
      seen: [["seen", 1]] as [string, number][],
      sources: { ids: {}, kinds: {} },
    };
    let requests = 0;
    const inherit = (): Promise<typeof inherited> => {
      requests += 1;
      return Promise.resolve(inherited);
    };
    await rig.stop(await rig.subscribed({ inherit }));
    await rig.subscribed({ inherit });
    await until(() => rig.out.length >= 1);
    assert.deepEqual([rig.ids, requests], [["missed"], 1]);
  });

  describe("whose flow is slow", () => {
    it("rejects posts when the queue is full, reports their number, and fetches their events", async () => {
      const source = await rig.subscribed({ maxQueue: 10 });
      const all = Array.from({ length: 40 }, (_, index) => `e${String(index).padStart(2, "0")}`);
      for (const id of all) rig.record(id);
      // In one turn of the event loop, so that nothing is delivered in between.
      const taken = await Promise.all(all.map((id) => source.receive(rig.post(rig.motion(id)))));
      assert.equal(taken.filter(Boolean).length, 10);
      await until(() => rig.out.length === 40);
      assert.deepEqual(rig.ids.sort(), all);
      assert.equal(rig.backfilled.length, 30);
      assert.deepEqual(
        rig.problems.map(({ code, message }) => [code, /\d+ events/.exec(message)?.[0]]),
        [["QUEUE_FULL", "30 events"]],
      );
    });

    it("leaves waiting events to the next run", async () => {
      const source = await rig.subscribed();
      for (const id of ["a", "b", "c"]) rig.record(id);
      await source.receive(rig.post(rig.motion("a"), rig.motion("b"), rig.motion("c")));
      await rig.stop(source);
      assert.deepEqual(rig.ids, []);
      rig.clock.advance(30);
      rig.start();
      await until(() => rig.out.length === 3);
      assert.deepEqual(rig.ids.sort(), ["a", "b", "c"]);
    });
  });

  describe("whose flow acknowledges events", () => {
    it("waits for acknowledgements on close, so that the next run sends nothing twice", async () => {
      let through: () => void = () => undefined;
      const source = await rig.subscribed({
        event: () => new Promise<void>((resolve) => (through = resolve)),
      });
      rig.record("pending");
      await source.receive(rig.post(rig.motion("pending")));
      await until(() => rig.out.length === 1);
      const stopped = rig.stop(source);
      setImmediate(through);
      await stopped;

      rig.record("missed");
      await rig.subscribed();
      await until(() => rig.ids.includes("missed"));
      assert.deepEqual(rig.ids, ["pending", "missed"]);
    });
  });

  describe("with images of all events", () => {
    it("fetches them from the store of the kind of event", async () => {
      rig.gateway.events.crossRecords.push({
        vehiclePicUri: "car-1",
        crossTime: spacedTime(rig.clock.now()),
      });
      const source = await rig.subscribed({ images: "all", eventTypes: [] });
      const door = {
        eventType: GRANTED,
        srcType: "door",
        srcIndex: "d1",
        data: { personId: "p", picUri: "face-1" },
      };
      const plate = { eventType: 131622, data: { plateNo: "B-XY 12" } };
      await source.receive(rig.post(rig.motion("door", door), rig.motion("car", plate)));
      await until(() => rig.out.length === 2);
      assert.deepEqual(
        rig.out.map(({ event }) => event.images.map(({ kind, url, data }) => [kind, url, data?.length])),
        [[["face", "face-1", 22]], [["plate", "car-1", 22]]],
      );
      const paths = rig.gateway.requests.map(({ path }) => path.replace("/artemis/api/", ""));
      for (const path of ["acs/v1/event/pictures", "pms/v1/crossRecords/page", "pms/v1/image_data"]) {
        assert.ok(paths.includes(path), path);
      }
    });
  });
});
