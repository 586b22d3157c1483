import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Node } from "node-red";
import { closeWithNode, showSource, type ShowSourceOptions } from "../../../nodes/kit/show-source";
import { SurveillanceError } from "../../../src/core/errors";

const gone = new SurveillanceError("CONNECTION_REFUSED", "gone");

function show<Live extends object = object>(options: Partial<ShowSourceOptions<Live>> = {}) {
  const shown: string[] = [];
  const errors: unknown[] = [];
  const warnings: string[] = [];
  const node = {
    error: (error: unknown, msg: object) => {
      assert.deepEqual(msg, {}, "a Catch node hears it");
      errors.push(error);
    },
    warn: (text: string) => warnings.push(text),
  } as unknown as Node;
  const source = showSource<Live>({
    node,
    status: (look, text, values = {}) => shown.push([look, text, ...Object.values(values)].join(" ")),
    ...options,
  });
  return { source, shown, errors, warnings };
}

describe("showSource", () => {
  it("shows every state, green only if events can arrive", () => {
    const { source, shown } = show();
    source.state({ kind: "stopped" });
    source.state({ kind: "connecting" });
    source.state({ kind: "waiting" });
    source.state({ kind: "connected" });
    source.state({ kind: "quiet" });
    source.state({ kind: "retrying", error: gone, retryMs: 1000, failures: 1 });
    source.state({ kind: "failed", error: gone });
    assert.deepEqual(shown, [
      "idle stopped",
      "connecting connecting",
      "connecting waiting",
      "ok connected",
      "warning quiet",
      "error error.CONNECTION_REFUSED",
      "error error.CONNECTION_REFUSED",
    ]);
  });

  it("counts events, and does not turn green with an event while the source is disconnected", () => {
    const { source, shown } = show();
    source.state({ kind: "connected" });
    source.count();
    source.state({ kind: "retrying", error: gone, retryMs: 1000 });
    source.count(2);
    source.state({ kind: "connecting" });
    source.state({ kind: "connected" });
    assert.deepEqual(shown, [
      "ok connected",
      "ok events 1",
      "error error.CONNECTION_REFUSED",
      "connecting connecting",
      "ok events 3",
    ]);
  });

  it("counts with another text and resets the count with each connection, if the node chooses so", () => {
    const { source, shown } = show({ counted: "documents", resetsCount: true });
    source.state({ kind: "connected" });
    source.count();
    source.state({ kind: "connecting" });
    source.state({ kind: "connected" });
    assert.deepEqual(shown, ["ok connected", "ok documents 1", "connecting connecting", "ok connected"]);
  });

  it("shows the node's own status in place of the default, with the source's live fields", () => {
    const hint: { text?: string } = {};
    const { source, shown } = show<{ fps: number }>({
      show: (state) => {
        if (state.kind !== "connected") return undefined;
        return hint.text === undefined ? ["ok", "fps", { fps: state.fps }] : ["warning", hint.text];
      },
    });
    source.refresh();
    source.state({ kind: "connecting" });
    source.state({ kind: "connected", fps: 5 });
    hint.text = "nothingArmed";
    source.refresh();
    assert.deepEqual(shown, ["connecting connecting", "ok fps 5", "warning nothingArmed"]);
  });

  it("reports every failure of the source to Catch nodes", () => {
    const { source, errors } = show();
    source.state({ kind: "retrying", error: gone, retryMs: 1000 });
    assert.deepEqual(errors, []);
    source.failure(gone);
    assert.deepEqual(errors, [gone]);
  });

  it("logs the same warning at most once a minute", () => {
    const { source, warnings } = show();
    source.warning("A part of 12 bytes was passed over.");
    source.warning("A part of 13 bytes was passed over.");
    assert.deepEqual(warnings, ["A part of 12 bytes was passed over."]);
  });
});

describe("closeWithNode", () => {
  /** Returns a node that can be closed, and a promise that resolves when Node-RED would continue. */
  function closing() {
    const warnings: unknown[] = [];
    const node = Object.assign(new EventEmitter(), { warn: (text: unknown) => warnings.push(text) });
    const close = (removed: boolean): Promise<void> =>
      new Promise((resolve) => node.emit("close", removed, resolve));
    return { node: node as unknown as Node, close, warnings };
  }

  it("closes all sources, and passes them whether the node was removed", async () => {
    const { node, close } = closing();
    const closed: unknown[] = [];
    const source = (name: string) => ({
      close: (removed?: boolean) => {
        closed.push([name, removed]);
        return Promise.resolve();
      },
    });
    closeWithNode(node, source("one"), source("two"));
    await close(true);
    assert.deepEqual(closed, [
      ["one", true],
      ["two", true],
    ]);
  });

  it("does not delay the deploy by more than 2 s", async () => {
    const { node, close, warnings } = closing();
    closeWithNode(node, { close: () => new Promise(() => undefined) });
    const began = Date.now();
    await close(false);
    assert.ok(Date.now() - began < 2500);
    assert.deepEqual(warnings, ["Closing takes longer than 2 s. The deploy continues."]);
  });

  it("logs a failure of closing", async () => {
    const { node, close, warnings } = closing();
    const failure = new Error("still subscribed");
    closeWithNode(node, { close: () => Promise.reject(failure) });
    await close(true);
    assert.deepEqual(warnings, [failure]);
  });
});
