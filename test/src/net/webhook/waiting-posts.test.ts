import assert from "node:assert/strict";
import { WaitingPosts } from "../../../../src/net/webhook/waiting-posts";

describe("WaitingPosts", () => {
  const limits = { posts: 2, bytes: 100, totalBytes: 150 };

  it("accepts as many posts of a sender as its limit, and another one when one has its response", () => {
    const waiting = new WaitingPosts(limits);
    const leave = waiting.enter("a", 10);
    assert.ok(waiting.enter("a", 10));
    assert.equal(waiting.enter("a", 10), undefined);
    leave?.();
    assert.ok(waiting.enter("a", 10));
  });

  it("limits the bytes of a sender", () => {
    const waiting = new WaitingPosts(limits);
    waiting.enter("a", 60);
    assert.equal(waiting.enter("a", 60), undefined);
  });

  it("always accepts the only post of a sender, so that one sender does not block another", () => {
    const waiting = new WaitingPosts(limits);
    waiting.enter("a", 90);
    assert.ok(waiting.enter("b", 90));
    assert.equal(waiting.enter("b", 1), undefined);
  });
});
