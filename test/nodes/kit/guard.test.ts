import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Node } from "node-red";
import { onClose, onInput } from "../../../nodes/kit/guard";

/** What Node-RED does with a node's listeners, as far as the guard can tell. */
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
  it("calls done without an error when the handler is through", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), async () => {
      await Promise.resolve();
    });
    assert.equal(await node.input({}), undefined);
  });

  it("hands a rejection to done instead of to the process", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => Promise.reject(new Error("no camera")));
    assert.equal((await node.input({}))?.message, "no camera");
  });

  it("hands what a synchronous handler throws to done", async () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => {
      throw new Error("at once");
    });
    assert.equal((await node.input({}))?.message, "at once");
  });

  it("starts the handler in the same tick, so that messages keep their order", () => {
    const node = new FakeNode();
    const seen: unknown[] = [];
    onInput(nodeRed(node), (msg) => {
      seen.push(msg);
    });
    void node.input({ number: 1 });
    assert.deepEqual(seen, [{ number: 1 }]);
  });

  it("registers a listener of exactly three parameters, which is how Node-RED tells that done will be called", () => {
    const node = new FakeNode();
    onInput(nodeRed(node), () => undefined);
    assert.equal(node.listeners("input")[0]?.length, 3);
  });
});

describe("onClose", () => {
  it("tells the handler whether the node was removed, and waits for it", async () => {
    const node = new FakeNode();
    const seen: boolean[] = [];
    onClose(nodeRed(node), async (removed) => {
      await Promise.resolve();
      seen.push(removed);
    });
    await node.close(true);
    assert.deepEqual(seen, [true]);
  });

  it("lets the deploy go on when the clean-up fails, and says so", async () => {
    const node = new FakeNode();
    onClose(nodeRed(node), () => Promise.reject(new Error("still open")));
    await node.close(false);
    assert.equal((node.warnings[0] as Error).message, "still open");
  });
});
