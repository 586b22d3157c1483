import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EventArchive } from "../../../src/archive";
import { archivedEvent, parseCsv } from "./archived-event";

const script = path.resolve(__dirname, "../../support/archive-process.ts");

interface Report {
  kept?: string;
  code?: string;
}

describe("an archive and processes", function () {
  this.timeout(60_000);
  let folder: string;
  let children: ChildProcess[];

  const start = (prefix: string, count?: number): ChildProcess => {
    const args = [folder, prefix, ...(count === undefined ? [] : [String(count)])];
    const child = fork(script, args, { execArgv: ["--require", "tsx/cjs"] });
    children.push(child);
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  const nextReport = async (child: ChildProcess): Promise<Report> =>
    ((await once(child, "message")) as [Report])[0];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map(kill));
    await rm(folder, { recursive: true, force: true });
  });

  it("refuses a second process, names the first, and serves the second after the first is killed", async () => {
    const first = start("first ");
    await nextReport(first);
    const second = new EventArchive({ folder });
    await assert.rejects(second.start(), { code: "ARCHIVE_IN_USE" });
    await assert.rejects(second.append(archivedEvent({ id: "refused" })), (error: Error) =>
      error.message.includes(`PID ${String(first.pid)}`),
    );
    await kill(first);
    await second.append(archivedEvent({ id: "second" }));
    await second.close();
    const ids = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).map(({ id }) => id);
    assert.equal(ids.at(-1), "second");
    assert.ok(!ids.includes("refused"));
  });

  it("refuses a second archive of the same process", async () => {
    const [first, second] = [new EventArchive({ folder }), new EventArchive({ folder })];
    await first.append(archivedEvent());
    await assert.rejects(second.append(archivedEvent()), { code: "ARCHIVE_IN_USE" });
    await first.close();
    await second.append(archivedEvent());
    await second.close();
  });

  it("keeps every acknowledged event readable after repeated kills under load", async () => {
    const kept: string[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const child = start(`${round}/`);
      const allStored = new Promise<void>((resolve) => {
        let count = 0;
        child.on("message", ({ kept: id }: Report) => {
          if (id !== undefined) kept.push(id);
          if ((count += 1) === 50 * round) resolve();
        });
      });
      await allStored;
      await kill(child);
    }
    const last = start("last/", 1);
    assert.deepEqual(await nextReport(last), { kept: "last/1" });
    const rows = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));
    const byId = new Map(rows.map((row) => [row.id, row]));
    assert.equal(rows.length, byId.size);
    for (const id of kept) {
      const row = byId.get(id);
      assert.equal(row?.description, `two\r\n"lines" of ${id}`);
      assert.equal((await stat(path.join(folder, row.images ?? ""))).size, 5000);
    }
  });
});
