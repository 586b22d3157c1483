import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import { assertNoSecrets } from "../support/node-output";
import {
  EventNodeRig,
  INTRUSION,
  MOTION,
  motion,
  post,
  send,
  token,
  tokenInPath,
} from "../support/hcp-event-node";

describe("the hcp-event-in node", () => {
  let rig: EventNodeRig;
  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());

  describe("a post", () => {
    beforeEach(async () => {
      await rig.load([{ raw: true }]);
      await rig.subscribed();
    });

    it("gets a response at once and becomes one message per event, in order", async () => {
      const [response] = await rig.gateway.events.post(
        ["a", "b", "c"].map((eventId) => ({ eventType: MOTION, eventId, status: 1 })),
      );
      assert.deepEqual([response?.status, JSON.parse(response?.body ?? "")], [200, { code: "0", msg: "OK" }]);
      await rig.messages(3);
      assert.deepEqual(
        rig.events.map(({ id, type, state }) => [id, type, state]),
        [
          ["a", "motion", "start"],
          ["b", "motion", "start"],
          ["c", "motion", "start"],
        ],
      );
      const [first] = rig.received;
      assert.equal(first?.topic, "hcp/127.0.0.1/31/motion");
      assert.equal(first.hcp.method, "OnEventNotify");
      assert.equal(first.hcp.params?.ability, "event_vss");
      assert.equal(first.hcp.params.events.length, 1);
      assert.ok(first.raw?.includes("OnEventNotify"));
    });

    it("without events is a test: it gets a response, but no message", async () => {
      for (const body of ["", "{}", post()]) assert.equal((await send(rig.destination, body)).status, 200);
      await send(rig.destination, post(motion("real")));
      await rig.messages(1);
      assert.deepEqual(rig.errors, []);
    });

    it("that is not JSON is rejected and reported, once per sender", async () => {
      assert.equal((await send(rig.destination, "<event/>")).status, 400);
      assert.equal((await send(rig.destination, "[1")).status, 400);
      assert.deepEqual(rig.errors, ["HCP_EVENT_INVALID"]);
    });

    it("with a wrong token is rejected and reported, without the correct token", async () => {
      const wrong = rig.destination.replace(/[^/]+$/, "guess");
      assert.equal((await send(wrong, post(motion("a")))).status, 401);
      assert.equal((await send(`${rig.base}/hcp/events`, post(motion("a")))).status, 401);
      assert.deepEqual(rig.errors, ["WEBHOOK_REFUSED"]);
      assert.deepEqual(rig.received, []);
      assertNoSecrets(helper.getNode("subject0"), [token, tokenInPath, "guess"]);
    });

    it("may have the token in a header instead", async () => {
      const headers = { Authorization: `Bearer ${token}` };
      assert.equal((await send(`${rig.base}/hcp/events`, post(motion("a")), headers)).status, 200);
      await rig.messages(1);
    });

    it("of 50 MB is rejected before it is read", async () => {
      const response = await send(rig.destination, " ".repeat(50 * 2 ** 20)).catch(() => undefined);
      // A sender that continues to send may find the connection closed before it reads the response.
      if (response !== undefined) assert.equal(response.status, 413);
      assert.equal((await send(rig.destination, post(motion("after")))).status, 200);
      await rig.messages(1);
    });

    it("that is repeated or out of order makes each message exactly once", async () => {
      await send(rig.destination, post(motion("a", { status: 2 })));
      await send(rig.destination, post(motion("a"), motion("b")));
      await send(rig.destination, post(motion("a"), motion("a", { status: 2 }), motion("c")));
      await rig.messages(4);
      assert.deepEqual(
        rig.events.map(({ id, state }) => `${id} ${state}`),
        ["a end", "a start", "b start", "c start"],
      );
    });

    it("with an image (status 5) has the image attached, with the data of its event", async () => {
      const uri = "Vsm://PIC#20260302#090000:7:9";
      rig.gateway.events.records.push({
        eventIndexCode: "a",
        eventType: MOTION,
        srcType: "camera",
        srcIndex: "31",
        startTime: Date.parse("2026-03-02T08:00:00Z"),
        eventPicUri: uri,
      });
      await send(rig.destination, post(motion("a", { data: { plateNo: "B-XY 12" } })));
      await send(rig.destination, post(motion("a", { status: 5 })));
      await rig.messages(2);
      const [start, update] = rig.events;
      assert.deepEqual([start?.state, update?.state, update?.id], ["start", "update", "a"]);
      assert.equal(update?.images[0]?.url, uri);
      assert.equal(update.images[0].data?.subarray(0, 2).toString("hex"), "ffd8");
      assert.deepEqual(update.targets, start?.targets);
    });

    it("with an image that cannot be fetched becomes a message, and the reason is reported", async () => {
      await send(rig.destination, post(motion("a", { status: 5 }), motion("b")));
      rig.gateway.fail({ status: 503 }, 3, "eventRecords/page");
      await send(rig.destination, post(motion("c", { status: 5 })));
      await rig.messages(3);
      assert.deepEqual(
        rig.events.map(({ id }) => id),
        ["a", "b", "c"],
      );
      assert.deepEqual(rig.errors, ["HCP_BUSY"]);
    });
  });

  it("accepts posts only from allowed addresses", async () => {
    await rig.load([{ allow: "192.0.2.0/24" }]);
    await rig.subscribed();
    assert.equal((await send(rig.destination, post(motion("a")))).status, 403);
    assert.deepEqual(rig.received, []);
  });

  it("sends each node at a shared path its chosen types", async () => {
    await rig.load([{ eventTypes: [MOTION] }, { eventTypes: [INTRUSION], path: "hcp/events/" }]);
    await rig.subscribed();
    await rig.subscribed(1);
    await send(
      rig.destination,
      post(motion("a"), motion("b", { eventType: INTRUSION }), motion("c", { eventType: 7 })),
    );
    await rig.messages(2);
    assert.deepEqual(rig.events.map(({ vendorType }) => vendorType).sort(), [MOTION, INTRUSION]);
  });

  it("sends an unlisted type as unknown, with all its fields", async () => {
    await rig.load([{ eventTypes: "2900000001, 130001", manageSubscription: false }]);
    await send(
      `${rig.base}/hcp/events/${tokenInPath}`,
      post(motion("a", { eventType: "2900000001", extra: 5 })),
    );
    await rig.messages(1);
    const [event] = rig.events;
    assert.deepEqual([event?.type, event?.vendorType, event?.details.extra], ["unknown", 2900000001, 5]);
  });

  it("reports that Node-RED serves no HTTP nodes", async () => {
    await rig.load([{}], { httpNodeRoot: false });
    assert.deepEqual(rig.errors, ["CONFIG_INVALID"]);
    assert.equal(rig.gateway.requests.length, 0);
  });
});
