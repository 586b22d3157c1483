import assert from "node:assert/strict";
import { once } from "node:events";
import helper from "node-red-node-test-helper";
import type { CallbackReport } from "../../src/hcp/diagnosis/reports";
import { EventNodeRig, MOTION, motion, post, send, token, tokenInPath } from "../support/hcp-event-node";
import { lastStatusOf, statusesOf, untilShown, warningsOf } from "../support/node-output";

describe("the callback address of the hcp-event-in node", () => {
  let rig: EventNodeRig;
  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());
  const subject = (): ReturnType<typeof helper.getNode> => helper.getNode("subject0");
  const ask = async (
    body: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> =>
    await helper
      .request()
      .post("/hcp-event-in/test")
      .set({ "Content-Type": "application/json", ...headers })
      .send(JSON.stringify(body));

  describe("is shown", () => {
    it("in yellow until the platform posts, then in green", async () => {
      await rig.load([{}]);
      await rig.subscribed();
      assert.equal(lastStatusOf(subject()).fill, "yellow");
      await rig.gateway.events.raise([{ eventType: MOTION }]);
      await untilShown(subject(), "status.event");
      assert.equal(lastStatusOf(subject()).fill, "green");
    });

    it("in green after a post without an event, too", async () => {
      await rig.load([{}]);
      await rig.subscribed();
      await send(rig.destination, post());
      await untilShown(subject(), "status.event");
    });

    it("in yellow until the first post if the node does not manage the subscription", async () => {
      await rig.load([{ manageSubscription: false }]);
      assert.deepEqual(
        [lastStatusOf(subject()).fill, lastStatusOf(subject()).text],
        ["yellow", "status.listening"],
      );
      await send(`${rig.base}/hcp/events/${tokenInPath}`, post(motion("a")));
      await untilShown(subject(), "status.lastEvent");
      assert.equal(lastStatusOf(subject()).fill, "green");
    });

    it("not in green after fetched events or a test", async () => {
      await rig.load([{}]);
      await rig.subscribed();
      await ask({ id: "subject0" });
      assert.ok(!statusesOf(subject()).includes("status.event"));
    });
  });

  describe("is tested", () => {
    const report = async (id = "subject0"): Promise<CallbackReport> =>
      JSON.parse((await ask({ id })).text) as CallbackReport;

    it("by a post that arrives, and by the platform's subscription", async () => {
      await rig.load([{}]);
      await rig.subscribed();
      const { subscription, post: posted } = await report();
      assert.deepEqual(subscription, { ok: true, types: 1, subscribed: 1, otherAddresses: [] });
      assert.equal(posted.ok, true);
      assert.deepEqual([rig.received, rig.errors], [[], []]);
    });

    it("also if only posts from the platform's address are accepted", async () => {
      await rig.load([{ allow: "192.0.2.7" }]);
      await rig.subscribed();
      assert.equal((await report()).post.ok, true);
      assert.deepEqual(rig.errors, []);
    });

    it("by a post that fails, without the response and without the token", async () => {
      await rig.load([{ callbackUrl: "http://127.0.0.1:1" }]);
      await rig.subscribed();
      const { text } = await ask({ id: "subject0" });
      const { post: posted } = JSON.parse(text) as CallbackReport;
      assert.equal(posted.ok, false);
      assert.ok(!text.includes(tokenInPath) && !text.includes(token));
      assert.notEqual(lastStatusOf(subject()).fill, "red");
    });

    it("only at the deployed address", async () => {
      await rig.load([{}]);
      await rig.subscribed();
      const { text } = await ask({
        id: "subject0",
        url: "http://127.0.0.1:1/",
        callbackUrl: "http://127.0.0.1:1",
      });
      assert.equal((JSON.parse(text) as CallbackReport).post.ok, true);
    });

    it("only for an existing node, and only by the Node-RED editor", async () => {
      await rig.load([{}]);
      for (const id of ["server", "none", 7]) assert.equal((await ask({ id })).status, 400);
      assert.equal((await ask({ id: "subject0" }, { "Sec-Fetch-Site": "cross-site" })).status, 403);
    });

    it("at the start, with at most a warning", async function () {
      this.timeout(30_000);
      await rig.load([{ callbackUrl: "http://127.0.0.1:1" }]);
      await rig.subscribed();
      while (warningsOf(subject()).length === 0) await once(subject(), "call:warn");
      assert.match(warningsOf(subject())[0] ?? "", /test post from this machine .* did not arrive/);
      assert.deepEqual(rig.errors, []);
      assert.equal(lastStatusOf(subject()).fill, "yellow");
    });
  });

  it("reports at both receivers that one has taken the other's types", async () => {
    rig.gateway.events.destinations = "latest";
    await rig.load([{ checkEvery: "1" }]);
    await rig.subscribed();
    rig.gateway.events.destinations = "latest";
    const other = "http://10.9.8.7:1880/hcp/events/other";
    rig.gateway.events.operations["eventService/v1/eventSubscriptionByEventTypes"]?.({
      eventTypes: [MOTION],
      eventDest: other,
    });
    await untilShown(subject(), "status.error.HCP_SUBSCRIPTION_TAKEN");
    assert.deepEqual(rig.errors, ["HCP_SUBSCRIPTION_TAKEN"]);
    await helper.unload();
    await rig.load([{}]);
    await rig.subscribed();
    assert.match(warningsOf(subject())[0] ?? "", /went to http:\/\/10\.9\.8\.7:1880 now go to this node/);
  });

  it("reports nothing when a full deploy interrupts it", async () => {
    await rig.load([{}]);
    await rig.subscribed();
    rig.gateway.fail("hang", 3, "/eventSubscriptionView");
    await helper.unload();
    await rig.load([{ checkEvery: "1" }]);
    while (!rig.gateway.requests.some(({ path }) => path.endsWith("View")))
      await once(rig.gateway, "request");
    // The server's node closes first.
    const nodes = ["server", "subject0"].map((id) => helper.getNode(id));
    for (const node of nodes) await node.close(false);
    assert.deepEqual([warningsOf(nodes[1] ?? subject()), rig.errors], [[], []]);
  });
});
