import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Node } from "node-red";
import { onClose, onInput } from "../../../nodes/kit/guard";

/** A stand-in for a node that calls its listeners like Node-RED. */
class FakeNode extends EventEmitter {
  readonly warnings: unknown[] = [];
  warn(message: unknown): void {
    this.warnings.push(message);
  }
  input(msg: object): Promise<Error | undefined> {
    return new Promise((resolve) => this.emit("input", msg, () => undefined, resolve));
  }
  close(removed: boolean): Promise<void> {
    return new Promise((resolve) => this.emit("close", removed, resolve));
  }
}
const nodeRed = (node: FakeNode): Node => node as unknown as Node;

describe("onInput", () => {
  it("calls done without an error when the handler has finished", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), async () => {
      await Promise.resolve();
    });
    assert.equal(await node.input({}), undefined);
  });

  it("passes a rejection to done and not to the process", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => Promise.reject(new Error("no camera")));
    assert.equal((await node.input({}))?.message, "no camera");
  });

  it("passes the error of a synchronous handler to done", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => {
      throw new Error("at once");
    });
    assert.equal((await node.input({}))?.message, "at once");
  });

  it("starts the handler in the same tick, so that messages stay in order", () => {
    const node = new FakeNode();
    const seen: unknown[] = [];
    onInput(nodeRed(node), (msg) => {
      seen.push(msg);
    });
    void node.input({ number: 1 });
    assert.deepEqual(seen, [{ number: 1 }]);
  });

  it("registers a listener with exactly three parameters, so that Node-RED waits for done", () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => undefined);
    assert.equal(node.listeners("input")[0]?.length, 3);
  });
});

describe("onClose", () => {
  it("passes the handler whether the node was removed, and waits for it", async () => {
    const node = new FakeNode();
    const seen: boolean[] = [];
    onClose(nodeRed(node), async (removed) => {
      await Promise.resolve();
      seen.push(removed);
    });
    await node.close(true);
    assert.deepEqual(seen, [true]);
  });

  it("continues the deploy after a failed clean-up, and logs the failure", async () => {
    const node = new FakeNode();
    onClose(nodeRed(node), () => Promise.reject(new Error("still open")));
    await node.close(false);
    assert.equal((node.warnings[0] as Error).message, "still open");
  });
});
