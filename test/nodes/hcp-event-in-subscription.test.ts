import assert from "node:assert/strict";
import { once } from "node:events";
import helper from "node-red-node-test-helper";
import { assertNoSecrets, statusesOf, untilShown } from "../support/node-output";
import {
  EventNodeRig,
  INTRUSION,
  MOTION,
  credentials,
  motion,
  post,
  send,
  token,
  tokenInPath,
} from "../support/hcp-event-node";

describe("the subscription of the hcp-event-in node", () => {
  let rig: EventNodeRig;
  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());

  it("has the chosen types, with the token in the address", async () => {
    await rig.load([{ eventTypes: [MOTION, String(INTRUSION)] }]);
    await rig.subscribed();
    const eventDest = `${rig.base}/hcp/events/a%20token%2Fwith%20signs`;
    assert.deepEqual(rig.gateway.events.subscriptions, [{ eventTypes: [MOTION, INTRUSION], eventDest }]);
  });

  it("has the root path of Node-RED's HTTP nodes", async () => {
    await rig.load([{}], { httpNodeRoot: "/flows" });
    await rig.subscribed();
    assert.match(rig.destination, /^http:\/\/127\.0\.0\.1:\d+\/flows\/hcp\/events\//);
  });

  it("has every type of the guide if none is chosen", async () => {
    await rig.load([{ eventTypes: [] }]);
    await rig.subscribed();
    assert.equal(rig.gateway.events.subscriptions[0]?.eventTypes.length, 214);
  });

  it("is repeated when HikCentral has forgotten it", async () => {
    await rig.load([{ checkEvery: "1" }]);
    await rig.subscribed();
    rig.gateway.events.forgetSubscriptions();
    while (rig.gateway.events.subscriptions.length === 0) await once(rig.gateway, "request");
    assert.deepEqual(rig.gateway.events.subscriptions[0]?.eventTypes, [MOTION]);
  });

  it("ends with the node, but not with its redeploy", async () => {
    await rig.load([{}]);
    await rig.subscribed();
    await helper.getNode("subject0").close(false);
    assert.equal(rig.gateway.events.subscriptions.length, 1);
    await helper.unload();
    await rig.load([{}]);
    await rig.subscribed();
    await helper.getNode("subject0").close(true);
    assert.equal(rig.gateway.events.subscriptions.length, 0);
  });

  it("keeps the types that another node needs when a node is removed", async () => {
    await rig.load([{ eventTypes: [MOTION, INTRUSION] }, { eventTypes: [INTRUSION] }]);
    await rig.subscribed();
    await helper.getNode("subject0").close(true);
    assert.deepEqual(rig.gateway.events.subscriptions[0]?.eventTypes, [INTRUSION]);
  });

  it("is not changed if the node does not manage it", async () => {
    await rig.load([{ manageSubscription: "false", callbackUrl: "" }]);
    await untilShown(helper.getNode("subject0"), "status.listening");
    assert.equal((await send(`${rig.base}/hcp/events/${tokenInPath}`, post(motion("a")))).status, 200);
    await rig.messages(1);
    assert.equal(rig.gateway.requests.length, 0);
  });

  it("shows the reason when it fails", async () => {
    rig.gateway.fail({ code: "0x02401007", msg: "not authorised" }, 1, "/eventSubscriptionView");
    await rig.load([{}]);
    const shown = once(helper.getNode("subject0"), "call:error");
    await shown;
    assert.equal(statusesOf(helper.getNode("subject0")).at(-1), "status.error.HCP_FORBIDDEN");
    assert.equal(rig.errors.length, 1);
    assertNoSecrets(helper.getNode("subject0"), [token, tokenInPath, credentials.appSecret]);
  });

  it("reports a missing callback address", async () => {
    await rig.load([{ callbackUrl: "" }]);
    assert.deepEqual(rig.errors, ["CONFIG_INVALID"]);
  });
});
