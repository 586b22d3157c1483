import assert from "node:assert/strict";
import type { CommonEvent, EventImage } from "../../../src/events";

export function archivedEvent(changes: Partial<CommonEvent> = {}): CommonEvent {
  return {
    source: "viewtron",
    type: "licensePlate",
    vendorType: "VEHICE",
    state: "pulse",
    id: "58:5b:69:10:20:30/1/VEHICE/1",
    time: "2026-05-04T08:20:30.123Z",
    receivedTime: "2026-05-04T08:20:31.000Z",
    device: { name: "Yard", host: "192.0.2.21" },
    channel: { id: "1" },
    targets: [],
    images: [],
    details: {},
    ...changes,
  };
}

export function image(bytes: number): EventImage {
  return { kind: "overview", mimeType: "image/jpeg", data: Buffer.alloc(bytes, 7) };
}

/** Parses CSV strictly (RFC 4180): every line ends in CR LF and has as many fields as the header. */
export function parseCsv(text: string, separator = ","): Record<string, string>[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const quoted = new RegExp(`^"((?:[^"]|"")*)"(${separator}|\r\n)`).exec(text.slice(at));
    const bare = new RegExp(`^([^"${separator}\r\n]*)(${separator}|\r\n)`).exec(text.slice(at));
    const match = quoted ?? bare;
    assert.ok(match, `no CSV field at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(quoted ? (match[1] ?? "").replaceAll('""', '"') : (match[1] ?? ""));
    at += match[0].length;
    if (match[2] === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  assert.deepEqual(row, [], "the last line has no end");
  const [header = [], ...lines] = rows;
  for (const line of lines) assert.equal(line.length, header.length);
  return lines.map((line) => Object.fromEntries(line.map((field, index) => [header[index] ?? "", field])));
}
