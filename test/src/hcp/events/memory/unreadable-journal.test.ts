import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { HcpEventSourceRig, until } from "../../../../support/hcp-event-rig";

describe("HcpEventSource with a journal that it can neither read nor write", () => {
  it("reports both, and receives events all the same", async () => {
    const rig = await HcpEventSourceRig.begin();
    await mkdir(path.join(rig.folder, "journal.jsonl"));
    const source = await rig.subscribed();
    await source.receive(rig.post(rig.motion("a")));
    await until(() => rig.out.length === 1 && rig.warnings.length === 1);
    assert.deepEqual(
      rig.problems.map(({ code, message }) => [code, /journal .* cannot be read/.test(message)]),
      [["HCP_EVENTS_MISSED", true]],
    );
    assert.match(String(rig.warnings), /journal|written|stored/);
    await rig.end();
  });
});
