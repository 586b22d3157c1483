import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventsOut from "../../nodes/events-out/runtime";
import type { Stored } from "../../src/store/store";
import { archivedEvent } from "../src/archive/archived-event";
import { errorsOf, lastStatusOf, untilShown } from "../support/node-output";
import { wireNode, type WiredNode } from "../support/wired-node";

type StoredMessage = NodeMessage & { stored: Stored };

describe("events-out", () => {
  let folder: string;
  const wire = (config: object = {}): Promise<WiredNode<StoredMessage>> =>
    wireNode<StoredMessage>(eventsOut, { type: "events-out", folder, ...config });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "events-"));
  });
  afterEach(async () => {
    await helper.unload();
    await rm(folder, { recursive: true, force: true });
  });

  it("passes a message on once it is stored, and says where it is", async () => {
    const { node, handle, received } = await wire();
    assert.equal(await handle({ payload: archivedEvent(), kept: "as it came" }), undefined);
    assert.deepEqual(received[0]?.stored, { stream: "surveillance", sequence: 1, duplicate: false });
    assert.equal((received[0] as { kept?: string }).kept, "as it came");
    await untilShown(node, "status.stored");
  });

  it("recognises an event that is sent again, and stores every message without an id", async () => {
    const { handle, received } = await wire();
    const payload = archivedEvent();
    for (const msg of [{ payload }, { payload }, { payload: "a" }, { payload: "a" }]) await handle(msg);
    assert.deepEqual(
      received.map(({ stored }) => [stored.sequence, stored.duplicate]),
      [
        [1, false],
        [1, true],
        [2, false],
        [3, false],
      ],
    );
  });

  it("stores two updates of one occurrence", async () => {
    const { handle, received } = await wire();
    for (const score of [0.5, 0.6]) {
      await handle({ payload: archivedEvent({ state: "update", targets: [{ label: "person", score }] }) });
    }
    assert.deepEqual(
      received.map(({ stored }) => stored.duplicate),
      [false, false],
    );
  });

  it("fails for a message that cannot be stored", async () => {
    const { handle, received } = await wire();
    assert.equal((await handle({ payload: () => 1 }))?.code, "STORE_MESSAGE_INVALID");
    assert.deepEqual(received, []);
  });

  it("refuses messages when the store is full, and keeps what it has", async () => {
    const { node, handle, received } = await wire({ maxBytes: "3000" });
    assert.equal(await handle({ payload: Buffer.alloc(1500) }), undefined);
    assert.equal((await handle({ payload: Buffer.alloc(2000) }))?.code, "STORE_FULL");
    assert.equal(lastStatusOf(node).text, "status.error.STORE_FULL");
    assert.equal(received.length, 1);
  });

  it("fails for each message if the folder cannot be used", async () => {
    await writeFile(path.join(folder, "file"), "");
    const { handle } = await wire({ folder: path.join(folder, "file", "below") });
    assert.equal((await handle({ payload: 1 }))?.code, "STORE_FAILED");
  });

  it("requires a server for NATS", async () => {
    const { node } = await wire({ store: "nats" });
    await new Promise(setImmediate);
    assert.deepEqual(
      errorsOf(node).map((error) => (error as { code?: string }).code),
      ["CONFIG_INVALID"],
    );
  });
});
