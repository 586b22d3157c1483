import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { checkEvent } from "../../../src/archive/check-event";
import { readRows } from "../../../src/archive/csv/read-rows";
import { columns, csvLine, eventRow } from "../../../src/archive/csv/row";
import { newTable, readHead, tailOf } from "../../../src/archive/csv/table-ends";
import { refusable, refusal } from "../support/contract";
import type { Format } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes, oddText } from "../support/mutate";
import type { Random } from "../support/random";

const RECEIVED = new Date("2026-05-04T08:20:31Z");

function event(random: Random): unknown {
  return {
    source: "isapi",
    type: "licensePlate",
    vendorType: "ANPR",
    state: "pulse",
    id: "a/1",
    time: "2026-05-04T08:20:30Z",
    receivedTime: "2026-05-04T08:20:31Z",
    device: { name: random.chance(0.3) ? oddText(random) : "Gate", host: "192.0.2.7" },
    channel: { id: "1" },
    targets: [
      {
        label: "vehicle",
        plate: random.chance(0.3) ? oddText(random) : "0012345",
        attributes: { listType: "allow" },
      },
    ],
    images: [{ kind: "plate", mimeType: "image/jpeg", data: { type: "Buffer", data: [255, 216] } }],
    details: {},
  };
}

/** Common events of other flows, as event-archive takes them. */
export const genericEvent: Format = {
  name: "event",
  code: "src/archive/check-event.ts, src/archive/csv/row.ts",
  reaches: 0.4,
  run(random) {
    let json = jsonOf(event(random));
    for (let count = random.below(4); count > 0; count -= 1) json = mutateJson(json, random);
    let payload: unknown;
    try {
      payload = JSON.parse(writeJson(json));
    } catch {
      return { read: false, refusal: "not JSON" };
    }
    return refusable(() => {
      const checked = checkEvent(payload);
      const fields = eventRow(checked, RECEIVED, [], undefined);
      assert.ok(
        fields.every((text) => typeof text === "string"),
        "a field of the row is not text",
      );
      const separator = random.pick([",", ";"] as const);
      const line = csvLine(fields, separator);
      const [row = [], ...others] = parse(line, { delimiter: separator, record_delimiter: ["\r\n"] });
      assert.equal(others.length, 0, "more than one row");
      assert.equal(row.length, columns.length);
      for (const cell of row) assert.doesNotMatch(cell, /^[=+\-@\t\r]/, "a formula");
    });
  },
  growing: {
    "line ends": (size) => () => csvLine(["\n=".repeat(size / 2)]),
    separators: (size) => () => csvLine([`;${'"'.repeat(size)}`]),
    quotes: (size) => () => csvLine(['"'.repeat(size)]),
  },
};

let folder: string | undefined;

function tableFile(): string {
  if (folder === undefined) {
    const created = (folder = mkdtempSync(path.join(os.tmpdir(), "fuzz-csv-")));
    process.once("exit", () => {
      rmSync(created, { recursive: true, force: true });
    });
  }
  return path.join(folder, "events.csv");
}

/** Tables that a killed process, a user or another program left. */
export const csv: Format = {
  name: "csv",
  code: "src/archive/csv/{read-rows,table-ends}.ts",
  reaches: 0.7,
  async run(random) {
    const separator = random.pick([",", ";"] as const);
    const rows = random.several(6, () => {
      const checked = checkEvent(event(random));
      return Buffer.from(csvLine(eventRow(checked, RECEIVED, [], undefined), separator));
    });
    const head = newTable(separator);
    const table = Buffer.concat([head, ...rows]);
    const kind = random.below(4);
    const body = Buffer.concat(rows);
    const torn = table.subarray(0, head.length + random.below(body.length + 1));
    const left =
      [table, torn, Buffer.concat([head, damageBytes(body, random)]), damageBytes(table, random)][kind] ??
      table;
    const file = tableFile();
    writeFileSync(file, left);
    try {
      const known = await readHead(file);
      const { cutAt, missing } = await tailOf(file, known.head, left.length, known.separator);
      assert.ok(cutAt === undefined || (cutAt >= known.head && cutAt <= left.length), `cut at ${cutAt}`);
      if (kind === 0)
        assert.deepEqual({ cutAt, missing }, { cutAt: undefined, missing: "" }, "a whole table is changed");
      let end = known.head;
      let whole = 0;
      for await (const row of readRows(file, known.head, left.length, known.separator, columns.length)) {
        assert.equal(row.start, end, "a gap between rows");
        assert.ok(row.end > row.start);
        end = row.end;
        if (row.fields?.length === columns.length) whole += 1;
      }
      assert.equal(end, left.length, "bytes behind the last row");
      if (kind === 0) assert.equal(whole, rows.length);
      // A torn table loses at most its last row.
      if (kind === 1)
        assert.ok(
          whole >=
            rows.filter((_, i) => head.length + Buffer.concat(rows.slice(0, i + 1)).length <= torn.length)
              .length,
        );
      return { read: true };
    } catch (thrown) {
      return refusal(thrown);
    }
  },
  growing: {},
};
