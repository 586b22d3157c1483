import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventArchive from "../../nodes/event-archive/runtime";
import { FolderLock } from "../../src/files/folder-lock";
import { archivedEvent, image, parseCsv } from "../src/archive/archived-event";
import { statusesOf } from "../support/node-output";
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

  it("stores an event and passes on the message with the written files", async () => {
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

  it("accepts its settings as text, as environment variables give them", async () => {
    const { handle } = await wire({ csv: "true", images: "false", retainDays: "30", maxBytes: "500 MB" });
    await handle({ payload: archivedEvent({ images: [image(10)] }) });
    assert.equal(parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).length, 1);
    assert.equal(existsSync(path.join(folder, "images")), false);
  });

  it("refuses a payload that is not a common event, and continues", async () => {
    const { handle, received } = await wire();
    assert.equal((await handle({ payload: "motion" }))?.code, "ARCHIVE_EVENT_INVALID");
    assert.equal(await handle({ payload: archivedEvent() }), undefined);
    assert.equal(received.length, 1);
  });

  for (const [what, change, expected] of [
    ["a channel without an id", { channel: {} }, /msg\.payload\.channel\.id is missing, expected text/],
    ["a channel that is null", { channel: null }, /msg\.payload\.channel is missing, expected an object/],
    ["a number for a camera", { device: { name: 7 } }, /device\.name is a number, expected text/],
    ["targets that are an object", { targets: {} }, /targets is an object, expected an array/],
    ["a target that is null", { targets: [null] }, /targets\[0\] is missing, expected an object/],
    [
      "a plate that is a number",
      { targets: [{ label: "car" }, { plate: 12 }] },
      /targets\[1\]\.plate is a number/,
    ],
    [
      "an image as text",
      { images: [{ data: "iVBORw0K" }] },
      /images\[0\]\.data is "iVBORw0K", expected a Buffer/,
    ],
    ["an image of endless size", { images: [{ data: { length: 1e9 } }] }, /images\[0\]\.data is an object/],
    ["a kind that is a list", { images: [{ kind: ["overview"] }] }, /images\[0\]\.kind is an array/],
  ] as [string, object, RegExp][]) {
    it(`names the error in an event that has ${what}, and stores the next event`, async () => {
      const { handle } = await wire();
      const error = await handle({ payload: { ...archivedEvent(), ...change } });
      assert.equal(error?.code, "ARCHIVE_EVENT_INVALID");
      assert.match(error.message, expected);
      assert.equal(await handle({ payload: archivedEvent() }), undefined);
    });
  }

  it("accepts an event of a user's flow, with only the required fields", async () => {
    const { handle } = await wire();
    const payload = { source: "mine", type: "motion", time: "2026-05-04", device: {}, channel: { id: "1" } };
    assert.equal(await handle({ payload: { ...payload, targets: null, vendorType: null } }), undefined);
    const [row] = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));
    assert.equal(row?.vendorType, "");
    assert.equal(row.labels, "");
  });

  it("stores images and bodies after a JSON step", async () => {
    const { handle, received } = await wire({ raw: true });
    const msg = { payload: archivedEvent({ images: [image(10)] }), raw: Buffer.from("<config/>") };
    await handle(JSON.parse(JSON.stringify(msg)) as object);
    const [imageFile = "", raw = ""] = received[0]?.files ?? [];
    assert.deepEqual(await readFile(imageFile), image(10).data);
    assert.equal(await readFile(raw, "utf8"), "<config/>");
  });

  it("starts its table with the chosen separator", async () => {
    const { handle } = await wire({ csvSeparator: ";" });
    await handle({ payload: archivedEvent({ id: "1" }) });
    const [row] = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"), ";");
    assert.equal(row?.id, "1");
  });

  it("refuses a text that is not a separator", async () => {
    const { handle } = await wire({ csvSeparator: "|" });
    assert.equal((await handle({ payload: archivedEvent() }))?.code, "CONFIG_INVALID");
  });

  it("refuses events while another process uses the folder, and stores events after it has ended", async () => {
    const other = new FolderLock(path.join(folder, ".event-archive.lock"));
    await other.acquire();
    const { node, handle } = await wire();
    const error = await handle({ payload: archivedEvent() });
    assert.equal(error?.code, "ARCHIVE_IN_USE");
    assert.match(error.message, /Another process \(PID \d+ on .+\) uses the archive folder /);
    assert.match(statusesOf(node).at(-1) ?? "", /ARCHIVE_IN_USE/);
    await other.release();
    assert.equal(await handle({ payload: archivedEvent() }), undefined);
    assert.match(statusesOf(node).at(-1) ?? "", /archived/);
  });

  it("refuses a text that is not a size", async () => {
    const { handle } = await wire({ maxBytes: "a lot" });
    assert.equal((await handle({ payload: archivedEvent() }))?.code, "CONFIG_INVALID");
  });

  it("does not share its folder with another archive", async () => {
    const { handle } = await wire({}, { nodes: [{ id: "twin", type: "event-archive", folder }] });
    assert.match((await handle({ payload: archivedEvent() }))?.message ?? "", /Another event-archive/);
  });

  it("writes pending events before it closes, and releases its folder", async () => {
    const { node } = await wire();
    for (let i = 0; i < 20; i++) node.receive({ payload: archivedEvent({ images: [image(1000)] }) });
    await helper.clearFlows();
    assert.equal(parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).length, 20);
  });
});
