import assert from "node:assert/strict";
import { spacedTime } from "../../servers/hcp/event-service";
import { EventInputRig, GRANTED, SECOND, until } from "../../support/event-input-rig";

describe("EventInput", () => {
  let rig: EventInputRig;
  beforeEach(async () => {
    rig = await EventInputRig.begin();
  });
  afterEach(() => rig.end());

  it("is not misled by a device whose clock is ahead", async () => {
    const input = await rig.subscribed();
    await input.receive(
      rig.post(rig.motion("ahead", { happenTime: spacedTime(rig.clock.now() + 24 * 3600 * SECOND) })),
    );
    await until(() => rig.out.length === 1);
    await rig.stop(input);
    rig.clock.advance(30);
    rig.record("missed");
    rig.start();
    await until(() => rig.out.length === 2);
    assert.deepEqual(rig.backfilled, ["missed"]);
  });

  it("reckons with the platform's clock, not its own", async () => {
    const ahead = 10 * 60 * SECOND;
    const platformTime = (): string => spacedTime(rig.clock.now() + ahead);
    const params = { sendTime: platformTime(), events: [rig.motion("seen", { happenTime: platformTime() })] };
    const input = await rig.subscribed();
    await input.receive(Buffer.from(JSON.stringify({ params })));
    await until(() => rig.out.length === 1);
    rig.gateway.events.forgetSubscriptions();
    rig.clock.advance(20);
    rig.record("missed", { startTime: rig.clock.now() + ahead });
    rig.clock.advance(40);
    await until(() => rig.out.length === 2);
    assert.deepEqual(rig.backfilled, ["missed"]);
  });

  describe("whose flow is slow", () => {
    it("takes no more than fits, says how many it had to leave, and fetches them", async () => {
      const input = await rig.subscribed({ maxQueue: 10 });
      const all = Array.from({ length: 40 }, (_, index) => `e${String(index).padStart(2, "0")}`);
      for (const id of all) rig.record(id);
      // In one turn of the event loop, so that nothing is handed on in between.
      const taken = await Promise.all(all.map((id) => input.receive(rig.post(rig.motion(id)))));
      assert.equal(taken.filter(Boolean).length, 10);
      await until(() => rig.out.length === 40);
      assert.deepEqual(rig.ids.sort(), all);
      assert.equal(rig.backfilled.length, 30);
      assert.deepEqual(
        rig.problems.map(({ code, message }) => [code, /\d+ events/.exec(message)?.[0]]),
        [["QUEUE_FULL", "30 events"]],
      );
    });

    it("leaves what waited at its end to the next run", async () => {
      const input = await rig.subscribed();
      for (const id of ["a", "b", "c"]) rig.record(id);
      await input.receive(rig.post(rig.motion("a"), rig.motion("b"), rig.motion("c")));
      await rig.stop(input);
      assert.deepEqual(rig.ids, []);
      rig.clock.advance(30);
      rig.start();
      await until(() => rig.out.length === 3);
      assert.deepEqual(rig.ids.sort(), ["a", "b", "c"]);
    });
  });

  describe("whose flow says when it is through", () => {
    it("lets it finish when it ends, so that the next run sends nothing twice", async () => {
      let through: () => void = () => undefined;
      const input = await rig.subscribed({
        onEvent: (event, origin) => {
          rig.out.push({ event, origin });
          return new Promise<void>((resolve) => (through = resolve));
        },
      });
      rig.record("in hand");
      await input.receive(rig.post(rig.motion("in hand")));
      await until(() => rig.out.length === 1);
      const stopped = rig.stop(input);
      setImmediate(through);
      await stopped;

      rig.record("missed");
      await rig.subscribed();
      await until(() => rig.ids.includes("missed"));
      assert.deepEqual(rig.ids, ["in hand", "missed"]);
    });
  });

  describe("with pictures of all events", () => {
    it("fetches them from the store that the kind of event has", async () => {
      rig.gateway.events.crossRecords.push({
        vehiclePicUri: "car-1",
        crossTime: spacedTime(rig.clock.now()),
      });
      const input = await rig.subscribed({ pictures: "all", eventTypes: [] });
      const door = {
        eventType: GRANTED,
        srcType: "door",
        srcIndex: "d1",
        data: { personId: "p", picUri: "face-1" },
      };
      const plate = { eventType: 131622, data: { plateNo: "B-XY 12" } };
      await input.receive(rig.post(rig.motion("door", door), rig.motion("car", plate)));
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
