import assert from "node:assert/strict";
import { once } from "node:events";
import { heartbeatXml } from "../servers/isapi/alerts";
import { AlertStreamRig } from "../support/alert-stream-rig";
import { statusesOf, untilShown } from "../support/node-output";

describe("the status of the isapi-alertstream-in node", () => {
  let rig: AlertStreamRig;
  beforeEach(() => {
    rig = new AlertStreamRig();
  });
  afterEach(() => rig.end());

  it("turns green with the first data of the stream, not when it opens", async () => {
    const node = await rig.deploy();
    await untilShown(node, "status.waiting");
    rig.device.part("application/xml", heartbeatXml());
    await untilShown(node, "status.connected");
  });

  it("stays red when an alarm ends by itself while the device is offline", async () => {
    const node = await rig.deploy({ endAfter: "0.2" });
    const started = rig.nextEvent();
    rig.device.alert();
    await started;
    const caught = once(rig.messages, "caught");
    const ended = rig.nextEvent();
    await rig.device.close();
    await caught;
    assert.equal((await ended).payload.state, "end");
    assert.match(statusesOf(node).at(-1) ?? "", /status\.error\./);
  });
});
