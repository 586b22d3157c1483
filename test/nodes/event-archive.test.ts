import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventArchive from "../../nodes/event-archive";
import { archivedEvent, image, parseCsv } from "../src/archive/archived-event";
import { wireNode, type WiredNode } from "../support/wired-node";

type Archived = NodeMessage & { files: string[]; kept?: string };

describe("event-archive", () => {
  let folder: string;
  const wire = (
    config: object = {},
    more: Parameters<typeof wireNode>[2] = {},
  ): Promise<WiredNode<Archived>> =>
    wireNode<Archived>(eventArchive, { type: "event-archive", folder, ...config }, more);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
  });
  afterEach(async () => {
    await helper.unload();
    await rm(folder, { recursive: true, force: true });
  });

  it("keeps an event and passes the message on with the files it wrote", async () => {
    const { handle, received } = await wire({ raw: true });
    const error = await handle({
      payload: archivedEvent({ images: [image(10), image(20)] }),
      raw: "<config/>",
      kept: "as it came",
    });
    assert.equal(error, undefined);
    const [msg] = received;
    assert.equal(msg?.files.length, 3);
    assert.ok(msg.files.every((file) => path.isAbsolute(file) && existsSync(file)));
    assert.equal(msg.kept, "as it came");
    assert.equal(await readFile(msg.files[2] ?? "", "utf8"), "<config/>");
  });

  it("takes its settings as text, too, as environment variables give them", async () => {
    const { handle } = await wire({ csv: "true", images: "false", retainDays: "30", maxBytes: "500 MB" });
    await handle({ payload: archivedEvent({ images: [image(10)] }) });
    assert.equal(parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).length, 1);
    assert.equal(existsSync(path.join(folder, "images")), false);
  });

  it("refuses what is no common event, and goes on", async () => {
    const { handle, received } = await wire();
    assert.equal((await handle({ payload: "motion" }))?.code, "ARCHIVE_EVENT_INVALID");
    assert.equal(await handle({ payload: archivedEvent() }), undefined);
    assert.equal(received.length, 1);
  });

  it("refuses a size that is none", async () => {
    const { handle } = await wire({ maxBytes: "a lot" });
    assert.equal((await handle({ payload: archivedEvent() }))?.code, "CONFIG_INVALID");
  });

  it("does not share its folder with another archive", async () => {
    const { handle } = await wire({}, { nodes: [{ id: "twin", type: "event-archive", folder }] });
    assert.match((await handle({ payload: archivedEvent() }))?.message ?? "", /Another event-archive/);
  });

  it("writes what it has before it closes, and gives its folder free", async () => {
    const { node } = await wire();
    for (let i = 0; i < 20; i++) node.receive({ payload: archivedEvent({ images: [image(1000)] }) });
    await helper.clearFlows();
    assert.equal(parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).length, 20);
  });
});
