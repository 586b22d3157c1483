import assert from "node:assert/strict";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import { defineNode } from "../../../nodes/kit/define-node";
import { onInput } from "../../../nodes/kit/guard";
import { number } from "../../../nodes/kit/option-kinds";
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

  it("gives a node its options, and those of a message", async () => {
    const { handle, received } = await wireNode(measured, { type: "measured", fps: "5" });
    assert.equal(await handle({ payload: "7" }), undefined);
    assert.deepEqual(received[0]?.payload, [5, 7]);
  });

  it("answers every message with the setting that cannot be used, and stays in the flow", async () => {
    const { handle } = await wireNode(measured, { type: "measured", fps: "many" });
    assert.equal((await handle({ payload: 1 }))?.code, "CONFIG_INVALID");
    assert.match(
      String((await handle({ payload: 2 }))?.message),
      /fps is "many": it must be a number from 0 to 60/,
    );
  });
});
