import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { RecentMap } from "../../../src/core/recent-map";

describe("RecentMap", () => {
  const filled = (max: number, ...keys: string[]): RecentMap<string, number> => {
    const map = new RecentMap<string, number>(max);
    for (const [index, key] of keys.entries()) map.set(key, index);
    return map;
  };

  it("reads, finds and deletes like a Map", () => {
    const map = filled(5, "a", "b");
    assert.deepEqual([map.get("b"), map.get("x")], [1, undefined]);
    assert.deepEqual([map.has("a"), map.has("x")], [true, false]);
    assert.deepEqual([map.delete("a"), map.delete("a")], [true, false]);
    assert.deepEqual([map.has("a"), map.size], [false, 1]);
  });

  it("deletes the least recent entry when the maximum is exceeded", () => {
    const map = filled(2, "a", "b", "c");
    assert.deepEqual([...map.keys()], ["b", "c"]);
  });

  it("treats an entry that is set again as the latest", () => {
    const map = filled(2, "a", "b", "a", "c");
    assert.deepEqual(
      [...map],
      [
        ["a", 2],
        ["c", 3],
      ],
    );
  });

  it("does not treat an entry that is read as the latest", () => {
    const map = filled(2, "a", "b");
    map.get("a");
    map.set("c", 2);
    assert.deepEqual([...map.keys()], ["b", "c"]);
  });

  it("works after all entries were deleted", () => {
    const map = filled(2, "a", "b", "c");
    for (const key of ["b", "c"]) map.delete(key);
    for (const key of ["d", "e", "f"]) map.set(key, 0);
    assert.deepEqual([...map.keys()], ["e", "f"]);
  });

  it("agrees with a plain list for random operations", () => {
    const max = 50;
    const map = new RecentMap<number, number>(max);
    let expected: number[] = [];
    for (let step = 0; step < 5000; step += 1) {
      const key = (step * step * 31 + step) % 211;
      expected = expected.filter((each) => each !== key);
      if (step % 3 === 0) map.delete(key);
      else {
        map.set(key, step);
        expected = [...expected, key].slice(-max);
      }
      assert.deepEqual([...map.keys()], expected, `after step ${step}`);
    }
  });
});
