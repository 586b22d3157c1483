import assert from "node:assert/strict";
import { NonceCounts } from "../../../../src/net/auth/nonce-counts";

describe("NonceCounts", () => {
  it("remembers a limited number of nonces, and refuses forgotten ones", () => {
    const counts = new NonceCounts(100);
    for (let issued = 1; issued <= 5000; issued += 1) assert.ok(counts.use(`n${issued}`, issued, 1));
    assert.ok(counts.size <= 100);
    assert.equal(counts.use("n1", 1, 1), false);
    assert.equal(counts.use("n5000", 5000, 1), false);
    assert.equal(counts.use("n5000", 5000, 2), true);
  });

  it("remembers counts as long as a nonce is valid", () => {
    const counts = new NonceCounts();
    for (let count = 1; count <= 5000; count += 1) assert.ok(counts.use("n", 1, count));
    for (const count of [1, 4000, 4990, 5000]) assert.equal(counts.use("n", 1, count), false, `${count}`);
  });
});
