import assert from "node:assert/strict";
import { Backlog } from "../../../src/store/backlog";
import { decodeMessage } from "../../../src/store/envelope";
import type { EventStore, OutgoingMessage, Stored } from "../../../src/store/store";
import { EventWriter, subjectsOf } from "../../../src/store/writer";
import { archivedEvent } from "../archive/archived-event";

/** A store that keeps messages in memory and stores them when the test says so. */
class SlowStore implements Pick<EventStore, "put" | "close"> {
  readonly messages: OutgoingMessage[] = [];
  readonly waiting: (() => void)[] = [];
  isSlow = false;
  isClosed = false;
  async put(message: OutgoingMessage): Promise<Stored> {
    if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.messages.push(message);
    return { stream: "test", sequence: this.messages.length, duplicate: false };
  }
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe("EventWriter", () => {
  let store: SlowStore;
  const writer = (backlog?: Backlog): EventWriter =>
    new EventWriter(store as unknown as EventStore, "site.<source>.<device>.<channel>.<type>", backlog);
  const eventOf = (name: string): object => ({ payload: archivedEvent({ device: { name } }) });
  beforeEach(() => {
    store = new SlowStore();
  });

  it("stores a message whole, with the subject of its event", async () => {
    const msg = { topic: "t", payload: archivedEvent({ device: { name: "Gate" } }), more: Buffer.from("x") };
    assert.deepEqual(await writer().write(msg), { stream: "test", sequence: 1, duplicate: false });
    const [{ subject, bytes } = { subject: [], bytes: new Uint8Array() }] = store.messages;
    assert.deepEqual(subject.slice(0, 3), ["site", msg.payload.source, "Gate"]);
    const { topic, payload, more } = decodeMessage(bytes, subject);
    assert.deepEqual({ topic, payload, more }, msg);
  });

  it("refuses a camera's messages when too many wait, and leaves room for other cameras", async () => {
    store.isSlow = true;
    const limited = writer(new Backlog({ messages: 4, bytes: 2 ** 20 }));
    const writes = [limited.write(eventOf("busy")), limited.write(eventOf("busy"))];
    await assert.rejects(limited.write(eventOf("busy")), { code: "QUEUE_FULL" });
    writes.push(limited.write(eventOf("quiet")));
    await new Promise(setImmediate);
    for (const resolve of store.waiting) resolve();
    await Promise.all(writes);
    store.isSlow = false;
    await limited.write(eventOf("busy"));
    assert.equal(store.messages.length, 4);
  });

  it("limits the bytes that wait, but always accepts one message alone", async () => {
    store.isSlow = true;
    const limited = writer(new Backlog({ messages: 10, bytes: 1000 }));
    const large = { payload: Buffer.alloc(2000) };
    const first = limited.write(large);
    await assert.rejects(limited.write(large), { code: "QUEUE_FULL" });
    await new Promise(setImmediate);
    store.waiting[0]?.();
    await first;
  });

  it("fails for a message that cannot be stored, and names the property", async () => {
    await assert.rejects(writer().write({ payload: { done: () => 1 } }), {
      code: "STORE_MESSAGE_INVALID",
      message: /payload.*done/,
    });
  });

  it("waits for messages that are being stored before it closes the store", async () => {
    store.isSlow = true;
    const closing = writer();
    const written = closing.write(eventOf("gate"));
    await new Promise(setImmediate);
    const closed = closing.close();
    await new Promise(setImmediate);
    assert.equal(store.isClosed, false);
    store.waiting[0]?.();
    await Promise.all([written, closed]);
    assert.equal(store.isClosed, true);
  });
});

describe("the subjects of a stream", () => {
  it("are everything below the first level of the template", () => {
    assert.deepEqual(subjectsOf("site.<source>.<type>"), ["site.>"]);
  });

  it("need a first level that is the same for all messages", () => {
    assert.throws(() => subjectsOf("<source>.<type>"), { code: "CONFIG_INVALID" });
  });
});
