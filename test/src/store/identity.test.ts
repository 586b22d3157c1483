import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { identityOf } from "../../../src/store/identity";

const event = {
  source: "viewtron",
  type: "intrusion",
  state: "update",
  id: "occurrence-7",
  time: "2026-03-02T08:00:00Z",
  receivedTime: "2026-03-02T08:00:01Z",
  device: { name: "Yard" },
  channel: { id: "1" },
  images: [{ kind: "overview", data: Buffer.from("picture") }],
};
const identity = identityOf({ _msgid: "1", payload: event });

describe("the identity of a stored message", () => {
  it("is the same for a repeated event that arrived later", () => {
    const repeated = { ...event, receivedTime: "2026-03-02T08:00:09Z" };
    assert.equal(identityOf({ _msgid: "2", payload: repeated }), identity);
  });

  for (const [difference, changed] of Object.entries({
    id: { id: "occurrence-8" },
    state: { state: "end" },
    time: { time: "2026-03-02T08:00:02Z" },
    "one byte of a picture": { images: [{ kind: "overview", data: Buffer.from("Picture") }] },
  })) {
    it(`differs by ${difference}`, () => {
      assert.notEqual(identityOf({ payload: { ...event, ...changed } }), identity);
    });
  }

  it("differs by subject: a flow may store an event again under another one", () => {
    assert.notEqual(identityOf({ payload: event }, ["done"]), identityOf({ payload: event }, ["new"]));
  });

  it("is new for each message without an id, so that equal readings are all kept", () => {
    assert.notEqual(identityOf({ payload: 21.5 }), identityOf({ payload: 21.5 }));
  });

  it("follows the id that a message got when it was first stored", () => {
    const stored = { payload: 21.5, delivery: { id: "first" } };
    assert.equal(identityOf({ ...stored }), identityOf({ ...stored, _msgid: "9" }));
    assert.notEqual(identityOf(stored), identityOf({ ...stored, payload: 22 }), "parts of a split message");
    assert.notEqual(
      identityOf({ ...stored, parts: { index: 0 } }),
      identityOf({ ...stored, parts: { index: 1 } }),
    );
  });

  it("differs by any property that a flow has added to a stored message", () => {
    const stored = { payload: 21.5, delivery: { id: "first" } };
    assert.notEqual(identityOf({ ...stored, room: "hall" }), identityOf({ ...stored, room: "attic" }));
    assert.notEqual(identityOf({ ...stored, at: "hall" }), identityOf({ ...stored, at: "attic" }));
  });

  it("is the same for the next delivery of a stored message", () => {
    const stored = { payload: 21.5, delivery: { id: "first", count: 1 }, req: () => undefined };
    assert.equal(identityOf(stored), identityOf({ ...stored, delivery: { id: "first", count: 2 } }));
  });

  it("needs no complete event", () => {
    assert.notEqual(
      identityOf({ payload: { ...event, id: 7 } }),
      identityOf({ payload: { ...event, id: 7 } }),
    );
  });
});
