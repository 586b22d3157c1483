import assert from "node:assert/strict";
import type { Node, NodeAPI } from "node-red";
import {
  acknowledge,
  addAcknowledgingNode,
  sendAcknowledged,
  type AcknowledgementOptions,
} from "../../../nodes/kit/acknowledgement";

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
  send(wires: string[], options?: AcknowledgementOptions): Promise<void> {
    const RED = {
      util: { generateId: () => String(Math.random()) },
      nodes: { getNode: (id: string) => this.#nodes[id] },
    };
    const node = { wires: [wires], send: (msg: { _msgid: string }) => this.sent.push(msg) };
    return sendAcknowledged(RED as unknown as NodeAPI, node as unknown as Node, { payload: 1 }, options);
  }
  /** The node acknowledges the last message. */
  acknowledge(id: string, error?: Error): void {
    acknowledge(this.#nodes[id] as unknown as Node, this.sent.at(-1)?._msgid ?? "", error);
  }
}

describe("sendAcknowledged", () => {
  const state = async (promise: Promise<void>): Promise<string> => {
    await new Promise(setImmediate);
    return Promise.race([promise.then(() => "settled"), Promise.resolve("waiting")]);
  };

  it("does not wait if no connected node acknowledges", async () => {
    await new FakeRuntime({ debug: { type: "debug" } }).send(["debug", "disabled"]);
  });

  it("waits for every acknowledging node that is connected directly or by a junction, whatever its type", async () => {
    const runtime = new FakeRuntime({
      one: { type: "event-archive", keeps: true },
      two: { type: "other-archive", keeps: true },
      dot: { type: "junction", wires: [["two"]] },
    });
    const sent = runtime.send(["one", "dot"]);
    runtime.acknowledge("one");
    assert.equal(await state(sent), "waiting");
    runtime.acknowledge("two");
    await sent;
  });

  it("does not wait for a node behind another node, which may drop the message", async () => {
    const runtime = new FakeRuntime({
      switch: { type: "switch", wires: [["one"]] },
      one: { type: "event-archive", keeps: true },
    });
    await runtime.send(["switch"]);
  });

  it("fails with the error of the node that could not store the message", async () => {
    const runtime = new FakeRuntime({ one: { type: "event-archive", keeps: true } });
    const sent = runtime.send(["one"]);
    runtime.acknowledge("one", new Error("disk full"));
    await assert.rejects(sent, /disk full/);
  });

  it("ignores the acknowledgement of a message for which no source waits", () => {
    acknowledge({} as unknown as Node, "unknown");
  });

  describe("with an acknowledgement from anywhere", () => {
    const flow = (): FakeRuntime =>
      new FakeRuntime({
        function: { type: "function", wires: [["out"]] },
        out: { type: "events-out" },
        archive: { type: "event-archive", keeps: true },
      });

    it("waits for one node, behind any other node", async () => {
      const runtime = flow();
      const sent = runtime.send(["function"], { anywhere: true });
      assert.equal(await state(sent), "waiting");
      runtime.acknowledge("out");
      await sent;
    });

    it("waits for an archive that is connected directly as well", async () => {
      const runtime = flow();
      const sent = runtime.send(["function", "archive"], { anywhere: true });
      runtime.acknowledge("out");
      assert.equal(await state(sent), "waiting");
      runtime.acknowledge("archive");
      await sent;
    });

    it("fails at once with the error of the node that could not store the message", async () => {
      const runtime = flow();
      const sent = runtime.send(["function"], { anywhere: true, timeoutMs: 60_000 });
      runtime.acknowledge("out", new Error("store full"));
      await assert.rejects(sent, /store full/);
    });

    it("fails if none comes in time, and a later one does nothing", async () => {
      const runtime = flow();
      const sent = runtime.send(["function"], { anywhere: true, timeoutMs: 5 });
      await assert.rejects(sent, { code: "EVENT_NOT_STORED" });
      runtime.acknowledge("out");
    });
  });
});
