import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backOf } from "../../nodes/events-in/back";

const here = { stream: "surveillance", consumer: "work" };

describe("backOf", () => {
  it("names the site of a message, because each site counts its own", () => {
    const delivery = { ...here, sequence: 1, site: "east", nack: 2 };
    assert.deepEqual(backOf({ delivery }, here), {
      ...{ isLoop: false, sequence: 1, site: "east" },
      nackMs: 2000,
    });
  });

  it("recognises a message that came back before", () => {
    const msg = { delivery: { ...here, sequence: 1 } };
    assert.deepEqual([backOf(msg, here)?.isLoop, backOf(msg, here)?.isLoop], [false, true]);
  });
});
