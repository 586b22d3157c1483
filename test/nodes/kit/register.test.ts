import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import { registerNode } from "../../../nodes/kit/register";
import { SurveillanceError } from "../../../src/core/errors";
import { wireNode } from "../../support/wired-node";

const broken: NodeInitializer = (RED) => {
  registerNode(RED, "broken", () => {
    throw new SurveillanceError("CONFIG_INVALID", "The port is missing.");
  });
};

describe("registerNode", () => {
  afterEach(() => helper.unload());

  it("tells the flow's Catch nodes at deploy what is wrong with the settings", async () => {
    const caught = new Promise<unknown>((resolve) => {
      const listening: NodeInitializer = (RED) => {
        RED.nodes.registerType("listening", function (this: object, config) {
          RED.nodes.createNode(this as never, config);
          (this as NodeJS.EventEmitter).on("input", resolve);
        });
      };
      const catching = createRequire(__filename)("@node-red/nodes/core/common/25-catch") as NodeInitializer;
      const flow = [
        { id: "tab", type: "tab" },
        { id: "subject", z: "tab", type: "broken", wires: [[]] },
        { id: "caught", z: "tab", type: "catch", wires: [["listener"]] },
        { id: "listener", z: "tab", type: "listening", wires: [] },
      ];
      void helper.load([broken, listening, catching], flow);
    });
    assert.equal(((await caught) as { error: { code: string } }).error.code, "CONFIG_INVALID");
  });

  it("answers every message with what is wrong, and stays in the flow", async () => {
    const { handle } = await wireNode(broken, { type: "broken" });
    assert.equal((await handle({ payload: 1 }))?.code, "CONFIG_INVALID");
    assert.equal((await handle({ payload: 2 }))?.code, "CONFIG_INVALID");
  });
});
