import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mock } from "node:test";
import type { Node, NodeAPI, NodeStatus } from "node-red";
import { showError, statusOf, type ShowStatus } from "../../../nodes/kit/status";
import { SurveillanceError } from "../../../src/core/errors";

describe("statusOf", () => {
  let shown: NodeStatus[];
  let node: EventEmitter;
  let status: ShowStatus;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    shown = [];
    node = Object.assign(new EventEmitter(), { status: (look: NodeStatus) => shown.push(look) });
    const RED = { _: (key: string, values: object) => `${key} ${Object.values(values).join()}`.trim() };
    status = statusOf(RED as unknown as NodeAPI, node as unknown as Node);
  });

  afterEach(() => {
    mock.timers.reset();
  });

  const texts = (): (string | undefined)[] => shown.map(({ text }) => text);

  it("translates the text and fills its placeholders", () => {
    status("ok", "objects", { n: 3 });
    assert.deepEqual(shown, [{ fill: "green", shape: "dot", text: "status.objects 3" }]);
  });

  it("shows another kind of status at once", () => {
    status("connecting", "connecting");
    status("ok", "connected");
    assert.deepEqual(texts(), ["status.connecting", "status.connected"]);
  });

  it("shows a changing count at most once a second, and always its last value", () => {
    for (let n = 1; n <= 50; n += 1) status("ok", "frames", { n });
    assert.deepEqual(texts(), ["status.frames 1"]);
    mock.timers.tick(1000);
    assert.deepEqual(texts(), ["status.frames 1", "status.frames 50"]);
  });

  it("does not repeat an unchanged status", () => {
    status("ok", "connected");
    status("ok", "connected");
    mock.timers.tick(1000);
    assert.equal(shown.length, 1);
  });

  it("shows nothing after the node was closed", () => {
    status("ok", "frames", { n: 1 });
    status("ok", "frames", { n: 2 });
    node.emit("close");
    mock.timers.tick(1000);
    assert.deepEqual(texts(), ["status.frames 1"]);
  });

  it("shows an error as the short text of its code", () => {
    showError(status, new SurveillanceError("QUEUE_FULL", "A long story."));
    assert.deepEqual(shown, [{ fill: "red", shape: "ring", text: "status.error.QUEUE_FULL" }]);
  });

  it("shows an error without a code as an unknown error", () => {
    showError(status, new TypeError("a bug"));
    assert.deepEqual(texts(), ["status.error.OTHER"]);
  });
});
