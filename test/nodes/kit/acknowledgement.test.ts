import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import { acknowledge, addAcknowledgingNode, sendAcknowledged } from "../../../nodes/kit/acknowledgement";

interface FakeNode {
  type: string;
  wires?: string[][];
  keeps?: true;
}

/** A stand-in for Node-RED's wires: nodes by id, and the sent messages. */
class FakeRuntime {
  readonly sent: { _msgid: string }[] = [];
  readonly #nodes: Record<string, FakeNode>;
  constructor(nodes: Record<string, FakeNode>) {
    this.#nodes = nodes;
    for (const node of Object.values(nodes)) if (node.keeps) addAcknowledgingNode(node as unknown as Node);
  }
  sendTo(...wires: string[]): Promise<void> {
    const RED = {
      util: { generateId: () => String(Math.random()) },
      nodes: { getNode: (id: string) => this.#nodes[id] },
    };
    const node = { wires: [wires], send: (msg: { _msgid: string }) => this.sent.push(msg) };
    return sendAcknowledged(RED as unknown as NodeAPI, node as unknown as Node, { payload: 1 });
  }
  get lastId(): string {
    return this.sent.at(-1)?._msgid ?? "";
  }
}

describe("sendAcknowledged", () => {
  const state = async (promise: Promise<void>): Promise<string> => {
    await new Promise(setImmediate);
    return Promise.race([promise.then(() => "settled"), Promise.resolve("waiting")]);
  };

  it("does not wait if no connected node acknowledges", async () => {
    await new FakeRuntime({ debug: { type: "debug" } }).sendTo("debug", "disabled");
  });

  it("waits for every acknowledging node that is connected directly or by a junction, whatever its type", async () => {
    const runtime = new FakeRuntime({
      one: { type: "event-archive", keeps: true },
      two: { type: "events-out", keeps: true },
      dot: { type: "junction", wires: [["two"]] },
    });
    const sent = runtime.sendTo("one", "dot");
    acknowledge(runtime.lastId);
    assert.equal(await state(sent), "waiting");
    acknowledge(runtime.lastId);
    await sent;
  });

  it("does not wait for a node behind another node, which may drop the message", async () => {
    const runtime = new FakeRuntime({
      switch: { type: "switch", wires: [["one"]] },
      one: { type: "event-archive", keeps: true },
    });
    await runtime.sendTo("switch");
  });

  it("fails with the error of the node that could not store the message", async () => {
    const runtime = new FakeRuntime({ one: { type: "event-archive", keeps: true } });
    const sent = runtime.sendTo("one");
    acknowledge(runtime.lastId, new Error("disk full"));
    await assert.rejects(sent, /disk full/);
  });

  it("ignores the acknowledgement of a message for which no source waits", () => {
    acknowledge("unknown");
  });
});
