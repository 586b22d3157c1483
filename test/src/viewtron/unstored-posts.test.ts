import assert from "node:assert/strict";
import type { ViewtronPost } from "../../../src/viewtron";
import { UnstoredPosts } from "../../../src/viewtron/unstored-posts";

describe("UnstoredPosts", () => {
  const body = Buffer.from("post");
  const post = (): ViewtronPost => ({ kind: "status", dialect: "ipc", events: [] });

  it("returns the same events for the same bytes of the same sender until they are stored", () => {
    const posts = new UnstoredPosts();
    const first = posts.receive("a", body, post);
    assert.equal(posts.receive("a", body, post), first);
    assert.notEqual(posts.receive("b", body, post), first);
    posts.stored(first);
    assert.notEqual(posts.receive("a", body, post), first);
  });

  it("forgets the oldest posts beyond its limits", () => {
    const posts = new UnstoredPosts();
    const first = posts.receive("a", body, post);
    for (let count = 0; count < 1000; count += 1) posts.receive("a", Buffer.from(String(count)), post);
    assert.notEqual(posts.receive("a", body, post), first);
  });
});
