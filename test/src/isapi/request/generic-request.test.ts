import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { sendRequest } from "../../../../src/isapi/request/generic-request";
import { clientScene } from "../../../support/isapi-client";

describe("a download to a file", () => {
  const { start } = clientScene();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "download-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is complete, even with other downloads to the same file", async () => {
    const { device, client } = await start();
    const contents = ["a", "b", "c"].map((letter) => Buffer.alloc(3_000_000, letter));
    const file = path.join(folder, "export.bin");
    const responses = contents.map((body, index) => {
      device.handlers.set(`/ISAPI/export/${index}`, () => ({ status: 200, body }));
      return sendRequest(client, { method: "GET", path: `/ISAPI/export/${index}`, format: "auto", file });
    });
    for (const { payload } of await Promise.all(responses))
      assert.deepEqual(payload, { file, bytes: 3_000_000 });
    const kept = await readFile(file);
    assert.ok(contents.some((content) => content.equals(kept)));
    assert.deepEqual(await readdir(folder), ["export.bin"]);
  });
});
