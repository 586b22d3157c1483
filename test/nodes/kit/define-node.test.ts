import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import { defineNode } from "../../../nodes/kit/define-node";
import { onInput } from "../../../nodes/kit/guard";
import { number } from "../../../nodes/kit/option-kinds";
import { SurveillanceError } from "../../../src/core/errors";
import { wireNode } from "../../support/wired-node";

const options = { fps: number(1, { min: 0, max: 60 }) };

const measured: NodeInitializer = (RED) => {
  defineNode(RED, { type: "measured", options }, ({ node, optionsFor, options: { fps } }) => {
    onInput(node, (msg, send) => {
      send({ ...msg, payload: [fps, optionsFor({ fps: msg.payload }).fps] });
    });
  });
};

describe("defineNode", () => {
  afterEach(() => helper.unload());

  it("passes a node its options, and the options with a message's overrides", async () => {
    const { handle, received } = await wireNode(measured, { type: "measured", fps: "5" });
    assert.equal(await handle({ payload: "7" }), undefined);
    assert.deepEqual(received[0]?.payload, [5, 7]);
  });

  it("fails every message with the error of an invalid setting, and stays in the flow", async () => {
    const { handle } = await wireNode(measured, { type: "measured", fps: "many" });
    assert.equal((await handle({ payload: 1 }))?.code, "CONFIG_INVALID");
    assert.match(
      String((await handle({ payload: 2 }))?.message),
      /fps is "many": it must be a number from 0 to 60/,
    );
  });

  it("reports invalid settings to the flow's Catch nodes at deploy", async () => {
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
        { id: "subject", z: "tab", type: "measured", fps: "many", wires: [[]] },
        { id: "caught", z: "tab", type: "catch", wires: [["listener"]] },
        { id: "listener", z: "tab", type: "listening", wires: [] },
      ];
      void helper.load([measured, listening, catching], flow);
    });
    assert.equal(((await caught) as { error: { code: string } }).error.code, "CONFIG_INVALID");
  });

  it("fails every message with the error of its setup, and stays in the flow", async () => {
    const broken: NodeInitializer = (RED) => {
      defineNode(RED, { type: "broken", options: {} }, () => {
        throw new SurveillanceError("DEPENDENCY_MISSING", "The package is missing.");
      });
    };
    const { handle } = await wireNode(broken, { type: "broken" });
    assert.equal((await handle({ payload: 1 }))?.code, "DEPENDENCY_MISSING");
    assert.equal((await handle({ payload: 2 }))?.code, "DEPENDENCY_MISSING");
  });
});
