import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import { deliver, reportArchived } from "../../../nodes/kit/delivery";

/** As much of Node-RED as wires are: some nodes by id, and what was sent. */
class FakeRuntime {
  readonly sent: { _msgid: string }[] = [];
  readonly #nodes: Record<string, object>;
  constructor(nodes: Record<string, { type: string; wires?: string[][] }>) {
    this.#nodes = nodes;
  }
  deliverTo(...wires: string[]): Promise<void> {
    const RED = {
      util: { generateId: () => String(Math.random()) },
      nodes: { getNode: (id: string) => this.#nodes[id] },
    };
    const node = { wires: [wires], send: (msg: { _msgid: string }) => this.sent.push(msg) };
    return deliver(RED as unknown as NodeAPI, node as unknown as Node, { payload: 1 });
  }
  get lastId(): string {
    return this.sent.at(-1)?._msgid ?? "";
  }
}

describe("deliver", () => {
  const archive = { type: "event-archive" };
  const state = async (promise: Promise<void>): Promise<string> => {
    await new Promise(setImmediate);
    return Promise.race([promise.then(() => "settled"), Promise.resolve("waiting")]);
  };

  it("waits for nobody when no archive is wired", async () => {
    await new FakeRuntime({ debug: { type: "debug" } }).deliverTo("debug");
  });

  it("waits for every archive that is wired, also behind a junction", async () => {
    const runtime = new FakeRuntime({
      one: archive,
      two: archive,
      dot: { type: "junction", wires: [["two"]] },
    });
    const delivered = runtime.deliverTo("one", "dot");
    reportArchived(runtime.lastId);
    assert.equal(await state(delivered), "waiting");
    reportArchived(runtime.lastId);
    await delivered;
  });

  it("does not wait for an archive behind another node, which may let nothing through", async () => {
    await new FakeRuntime({ switch: { type: "switch", wires: [["one"]] }, one: archive }).deliverTo("switch");
  });

  it("fails as the archive fails", async () => {
    const runtime = new FakeRuntime({ one: archive });
    const delivered = runtime.deliverTo("one");
    reportArchived(runtime.lastId, new Error("disk full"));
    await assert.rejects(delivered, /disk full/);
  });

  it("does not mind an archive that reports a message of somebody else", () => {
    reportArchived("unknown");
  });
});
