import assert from "node:assert/strict";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import isapiAlertstreamIn from "../../nodes/isapi-alertstream-in/runtime";
import isapiConfig from "../../nodes/isapi-config/runtime";
import rtspFrames from "../../nodes/rtsp-frames/runtime";
import rtspMetadata from "../../nodes/rtsp-metadata/runtime";
import { statusesOf, untilShown } from "../support/node-output";
import { wireNode } from "../support/wired-node";

// Nothing listens on this address.
const offlineDevice = { id: "dev", type: "isapi-config", url: "http://127.0.0.1:9" };
const nodes: Record<string, NodeInitializer> = {
  "isapi-alertstream-in": isapiAlertstreamIn,
  "rtsp-frames": rtspFrames,
  "rtsp-metadata": rtspMetadata,
};

describe("the setting maxBackoff", () => {
  afterEach(() => helper.unload());

  for (const [type, initializer] of Object.entries(nodes)) {
    const wire = (maxBackoff: unknown) =>
      wireNode(
        initializer,
        { type, device: "dev", source: "msg", maxBackoff },
        {
          initializers: [isapiConfig],
          nodes: [offlineDevice],
          credentials: { dev: { username: "flow", password: "s3cret:pass" } },
        },
      );

    for (const maxBackoff of ["0", "soon", "-1", "100000"]) {
      it(`rejects ${maxBackoff} seconds for ${type}`, async () => {
        const { node } = await wire(maxBackoff);
        await untilShown(node, "status.error.CONFIG_INVALID");
      });
    }

    for (const maxBackoff of [undefined, "", "5", 3600]) {
      it(`accepts ${maxBackoff === undefined ? "no value" : JSON.stringify(maxBackoff)} for ${type}`, async () => {
        const { node } = await wire(maxBackoff);
        assert.notEqual(statusesOf(node).at(-1), "status.error.CONFIG_INVALID");
      });
    }
  }
});
