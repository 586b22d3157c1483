import assert from "node:assert/strict";
import { HcpEventSourceRig, GRANTED, MOTION, SECOND, until } from "../../../../support/hcp-event-rig";

describe("HcpEventSource after missed events", () => {
  let rig: HcpEventSourceRig;
  beforeEach(async () => {
    rig = await HcpEventSourceRig.begin();
  });
  afterEach(() => rig.end());

  it("fetches no events from before its first run", async () => {
    rig.record("before");
    await rig.subscribed();
    assert.deepEqual(rig.searches, []);
  });

  it("fetches events missed between two runs in order of time, without delivered ones", async () => {
    await rig.firstRun();
    rig.clock.advance(30);
    rig.record("m2", { startTime: rig.clock.now() });
    rig.record("m1", { startTime: rig.clock.now() - 10 * SECOND, srcIndex: "32" });
    rig.record("door", {
      startTime: rig.clock.now() - 5 * SECOND,
      eventType: GRANTED,
      srcType: "door",
      srcIndex: "d1",
    });
    rig.record("other", { eventType: 131588 });
    rig.clock.advance(600);
    rig.start();
    await until(() => rig.out.length === 3);
    assert.deepEqual(rig.backfilled, ["m1", "door", "m2"]);
    const [first] = rig.out;
    assert.deepEqual(
      [first?.event.state, first?.event.type, first?.event.channel.id],
      ["pulse", "motion", "32"],
    );
    assert.equal(first?.origin.record?.eventIndexCode, "m1");
    assert.equal(Date.parse(first.event.time), rig.clock.now() - 610 * SECOND);
  });

  it("searches by kind of source, with the ids that the platform lists", async () => {
    await rig.firstRun();
    rig.clock.advance(600);
    rig.start();
    await until(() => rig.searches.length === 2);
    assert.deepEqual(
      rig.searches.map(({ eventTypes, srcType, srcIndexs }) => [eventTypes, srcType, srcIndexs]),
      [
        [String(MOTION), "camera", "31,32"],
        [String(GRANTED), "door", "d1"],
      ],
    );
  });

  it("searches the sources of received events if the platform does not list them", async () => {
    rig.gateway.events.resources.clear();
    await rig.firstRun();
    rig.clock.advance(30);
    rig.record("missed");
    rig.start();
    await until(() => rig.out.length === 1);
    assert.deepEqual(rig.backfilled, ["missed"]);
    assert.equal(rig.searches.find(({ srcType }) => srcType === "camera")?.srcIndexs, "31");
    assert.match(rig.problems[0]?.message ?? "", /source type "door"/);
  });

  it("keeps every list within 1024 characters", async () => {
    const cameras = Array.from({ length: 700 }, (_, index) => ({ cameraIndexCode: String(1000 + index) }));
    rig.gateway.events.resources.set("resource/v1/cameras", cameras);
    await rig.firstRun();
    rig.clock.advance(30);
    rig.record("far", { srcIndex: "1699" });
    rig.start({ eventTypes: [MOTION] });
    await until(() => rig.out.length === 1);
    assert.ok(rig.searches.every(({ srcIndexs = "" }) => srcIndexs.length <= 1024));
  });

  it("fetches more records than fit into memory, window after window, each once", async () => {
    await rig.firstRun();
    for (let index = 0; index < 12_000; index += 1) {
      rig.record(`r${String(index).padStart(5, "0")}`, { startTime: rig.clock.now() + index * 10 });
    }
    rig.clock.advance(600);
    rig.start({ eventTypes: [MOTION] });
    await until(() => rig.out.length === 12_000);
    const found = rig.backfilled;
    assert.equal(new Set(found).size, 12_000);
    const times = rig.out.map(({ event }) => Date.parse(event.time));
    assert.ok(times.every((time, index) => time >= (times[index - 1] ?? 0)));
  }).timeout(30_000);

  it("reports only cameras and doors as missing when all types are chosen", async () => {
    await rig.firstRun();
    rig.clock.advance(30);
    rig.record("missed");
    rig.start({ eventTypes: [] });
    await until(() => rig.out.length === 1);
    rig.gateway.events.resources.clear();
    const source = await rig.subscribed({ eventTypes: [] });
    await until(() => rig.problems.length > 0);
    await rig.stop(source);
    assert.deepEqual(
      rig.problems.map(({ message }) => /source type "(.*?)"/.exec(message)?.[1]),
      ["door"],
    );
  });

  it("searches the last 31 days at most, and reports this", async () => {
    await rig.firstRun();
    rig.clock.advance(40 * 24 * 3600);
    rig.start();
    await until(() => rig.searches.length > 0);
    assert.deepEqual(
      rig.problems.map(({ code }) => code),
      ["HCP_EVENTS_MISSED"],
    );
    const { startTime = "", endTime = "" } = rig.searches[0] ?? {};
    assert.ok(Date.parse(endTime) - Date.parse(startTime) <= 31 * 24 * 3600 * SECOND);
  });

  it("fetches events missed while the platform had forgotten the subscription", async () => {
    const source = await rig.subscribed();
    rig.gateway.events.forgetSubscriptions();
    rig.clock.advance(20);
    rig.record("missed");
    // Another node's subscription still brings an event: the gap begins before it.
    await source.receive(rig.post(rig.motion("live")));
    rig.clock.advance(40);
    await until(() => rig.backfilled.length === 1);
    assert.deepEqual(rig.ids, ["live", "missed"]);
  });

  it("fetches events missed while the platform could not be reached", async () => {
    await rig.subscribed();
    rig.gateway.fail("drop", 1);
    rig.clock.advance(60);
    await until(() => rig.problems.length === 1);
    rig.record("missed");
    rig.clock.advance(2);
    await until(() => rig.backfilled.length === 1);
    assert.deepEqual(rig.ids, ["missed"]);
  });

  it("tries again when the search fails", async () => {
    await rig.firstRun();
    rig.clock.advance(30);
    rig.record("missed");
    rig.gateway.fail("garbage", 1, "/eventRecords/page");
    rig.start();
    await until(() => rig.problems.length === 1);
    assert.equal(rig.problems[0]?.code, "HCP_EVENTS_MISSED");
    rig.clock.advance(60);
    await until(() => rig.out.length === 1);
    assert.deepEqual(rig.backfilled, ["missed"]);
  });

  it("searches a second time for records that the platform stores late", async () => {
    await rig.firstRun();
    rig.clock.advance(30);
    rig.start();
    await until(() => rig.searches.length === 2);
    await new Promise(setImmediate);
    rig.record("late");
    await until(() => rig.clock.pending > 1);
    rig.clock.advance(61);
    await until(() => rig.out.length === 1);
    assert.deepEqual(rig.backfilled, ["late"]);
  });

  it("sends the end of an event whose start was delivered", async () => {
    const source = await rig.subscribed();
    await source.receive(rig.post(rig.motion("long", { status: 1 })));
    await until(() => rig.out.length === 1);
    await rig.stop(source);
    const startTime = rig.clock.now();
    rig.clock.advance(30);
    rig.record("long", { startTime, stopTime: rig.clock.now() });
    rig.start();
    await until(() => rig.out.length === 2);
    assert.deepEqual(
      rig.out.map(({ event }) => event.state),
      ["start", "end"],
    );
  });
});
