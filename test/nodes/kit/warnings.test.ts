import assert from "node:assert/strict";
import type { Node } from "node-red";
import { throttledWarning } from "../../../nodes/kit/warnings";
import { ManualClock } from "../../support/manual-clock";

describe("throttledWarning", () => {
  function start(): { warn: (text: string) => void; said: string[]; clock: ManualClock } {
    const said: string[] = [];
    const clock = new ManualClock();
    const node = { warn: (text: string) => said.push(text) } as unknown as Node;
    return { warn: throttledWarning(node, clock), said, clock };
  }

  it("logs the same warning once a minute, whatever its numbers", () => {
    const { warn, said, clock } = start();
    for (let size = 0; size < 1000; size += 1) warn(`A damaged part (xml, ${size} bytes) was passed over.`);
    assert.equal(said.length, 1);
    clock.advance(61);
    warn("A damaged part (xml, 7 bytes) was passed over.");
    assert.equal(said.length, 2);
  });

  it("stops logging when a device causes a new text every time, and resumes later", () => {
    const { warn, said, clock } = start();
    const letters = "abcdefghij";
    for (const a of letters)
      for (const b of letters) for (const c of letters) warn(`no such type: ${a}${b}${c}`);
    assert.ok(said.length <= 100, `${said.length} warnings`);
    clock.advance(61);
    warn("no such type: new");
    assert.equal(said.at(-1), "no such type: new");
  });
});
