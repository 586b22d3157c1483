import assert from "node:assert/strict";
import { readAlert, isSubscriptionResponse, type Alert } from "../../../src/isapi/alerts/alert";
import { PartParser, type Part } from "../../../src/isapi/stream/part-parser";
import { isCommonEventType } from "../../../src/events";
import { cut } from "../../support/seeded-random";
import { assertBox, assertDetails, assertPlain, assertTime, refusable, refusal } from "../support/contract";
import type { Format, Outcome } from "../support/format";
import { damageBytes, oddText } from "../support/mutate";
import type { Random } from "../support/random";
import { alertDocument } from "./alert-documents";
import { jpegFile } from "./images";

const context = { host: "192.0.2.7", now: Date.parse("2026-05-04T08:20:31Z") };

function assertAlert(alert: Alert): void {
  assert.ok(isCommonEventType(alert.type));
  assertTime(alert.time);
  for (const text of [alert.vendorType, alert.rawChannel, alert.key]) assert.equal(typeof text, "string");
  for (const { mark, type, targets } of alert.occurrences) {
    assert.ok(isCommonEventType(type) && (mark === undefined || typeof mark === "string"));
    for (const { box, score, plate, attributes } of targets) {
      if (box !== undefined) assertBox(box);
      assert.ok(score === undefined || (score >= 0 && score <= 1), `score ${score}`);
      assert.ok(plate === undefined || typeof plate === "string");
      for (const { x, y } of (attributes?.region ?? []) as { x: number; y: number }[])
        assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1, `point ${x} ${y}`);
    }
  }
  assert.ok(alert.images.expected === undefined || alert.images.expected > 0);
  assertDetails(alert.details);
  assertPlain([alert.occurrences, alert.device]);
}

/** One document of the alert stream. */
export const alert: Format = {
  name: "alert",
  code: "src/isapi/alerts/alert.ts",
  reaches: 0.8,
  run(random) {
    const { kind, body } = alertDocument(random);
    return refusable(() => {
      assertAlert(readAlert({ kind, headers: {}, body }, context));
    });
  },
  growing: {
    "many elements": (size) =>
      xml(`<EventNotificationAlert>${"<a>1</a>".repeat(size / 8)}</EventNotificationAlert>`),
    "many attributes": (size) =>
      xml(`<A ${Array.from({ length: size / 10 }, (_, i) => `a${i}="1"`).join(" ")}></A>`),
    "an open comment": (size) => xml(`<A><!--${"<!--".repeat(size / 4)}</A>`),
    "many references": (size) => xml(`<A>${"&#x41;".repeat(size / 6)}</A>`),
    "many lone ampersands": (size) => xml(`<A>${"&".repeat(size)}</A>`),
    "many boxes": (size) =>
      xml(
        `<A><eventType>ANPR</eventType>${"<ANPR><plateRect><X>1</X></plateRect></ANPR>".repeat(size / 45)}</A>`,
      ),
    "a long time": (size) => xml(`<A><dateTime>2026-05-04T08:20:30${"0".repeat(size)}</dateTime></A>`),
    "many JSON fields": (size) => json(`{"a":[${"{},".repeat(size / 3)}{}]}`),
  },
};

function xml(text: string): () => unknown {
  return () =>
    refusable(() => void readAlert({ kind: "xml", headers: {}, body: Buffer.from(text) }, context));
}

function json(text: string): () => unknown {
  return () =>
    refusable(() => void readAlert({ kind: "json", headers: {}, body: Buffer.from(text) }, context));
}

const CRLF = "\r\n";

/** Writes one part. Devices declare wrong lengths and types, and leave out headers and line ends. */
function partOf(body: Buffer, type: string, boundary: string, isOdd: boolean, random: Random): Buffer {
  const odd = (right: string): string => (isOdd && random.chance(0.15) ? oddText(random) : right);
  const end = isOdd && random.chance(0.1) ? "\n" : CRLF;
  const wrong = isOdd && random.chance(0.2) ? random.below(2 * body.length) : body.length;
  const headers = [
    `Content-Type: ${odd(type)}`,
    ...(isOdd && random.chance(0.3) ? [] : [`Content-Length: ${odd(String(wrong))}`]),
    ...(random.chance(0.3)
      ? [`Content-Disposition: form-data; name="${odd("image")}"; filename="${odd("a.jpg")}"`]
      : []),
  ];
  const head = `${isOdd && random.chance(0.05) ? "" : `--${boundary}${end}`}${headers.join(end)}${end}${end}`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from(isOdd && random.chance(0.1) ? "" : end)]);
}

function stream(random: Random, isOdd: boolean): { bytes: Buffer; boundary: string; parts: number } {
  const boundary =
    isOdd && random.chance(0.1)
      ? oddText(random).slice(0, 70)
      : random.pick(["boundary", "<frontier>", "MIME_boundary"]);
  const pieces = Array.from({ length: 1 + random.below(5) }, () => {
    if (random.chance(0.3)) return partOf(jpegFile(random, isOdd), "image/jpeg", boundary, isOdd, random);
    const { kind, body } = alertDocument(random, isOdd ? undefined : 0);
    return partOf(body, `application/${kind}`, boundary, isOdd, random);
  });
  const bytes = Buffer.concat(pieces);
  return {
    bytes: isOdd && random.chance(0.3) ? damageBytes(bytes, random) : bytes,
    boundary,
    parts: pieces.length,
  };
}

function parse(chunks: readonly Buffer[], boundary: string): Part[] {
  const parts: Part[] = [];
  const parser = new PartParser(
    { part: (part) => parts.push(part), warning: () => undefined },
    { boundary, maxPartBytes: 64 * 1024 },
  );
  let pushed = 0;
  for (const chunk of chunks) {
    parser.push(chunk);
    pushed += chunk.length;
    assert.ok(parser.pendingBytes <= Math.min(pushed, 192 * 1024), "too many bytes wait");
  }
  parser.end();
  return parts;
}

/** A whole alert stream, in chunks of any size. */
export const multipart: Format = {
  name: "multipart",
  code: "src/isapi/stream/*.ts",
  reaches: 0.8,
  run(random): Outcome {
    const isOdd = random.chance(0.8);
    const { bytes, boundary, parts: count } = stream(random, isOdd);
    const parts = parse(cut(bytes, random.next, random.pick([3, 50, 700, 70_000])), boundary);
    if (!isOdd) assert.equal(parts.length, count, "an undamaged part is lost");
    const size = parts.reduce((sum, { body }) => sum + body.length, 0);
    assert.ok(size <= bytes.length, "more bytes than arrived");
    let isRead = false;
    for (const part of parts) {
      if (part.kind !== "xml" && part.kind !== "json") {
        isRead = true;
        continue;
      }
      try {
        if (!isSubscriptionResponse(part)) assertAlert(readAlert(part, context));
        isRead = true;
      } catch (thrown) {
        refusal(thrown);
      }
    }
    return isRead ? { read: true } : { read: false, refusal: "no part" };
  },
  growing: {
    "lines of garbage": (size) => push("!\n".repeat(size / 2)),
    "garbage without lines": (size) => push("!".repeat(size)),
    "open tags": (size) => push("<a".repeat(size / 2)),
    "starts of documents": (size) => push("<?xml".repeat(size / 5)),
    "starts of alerts": (size) => push("<EventNotificationAlert>".repeat(size / 24)),
    "ends that are open": (size) => push(`<a>${"</a ".repeat(size / 4)}`),
    boundaries: (size) => push("--boundary\r\n".repeat(size / 12)),
    "other boundaries": (size) =>
      push(Array.from({ length: size / 12 }, (_, i) => `--other${i}\r\n`).join("")),
    headers: (size) => push(`--boundary\r\n${"A: b\r\n".repeat(size / 6)}`),
    brackets: (size) => push("{".repeat(size)),
    quotes: (size) => push(`{"a":"${'\\"'.repeat(size / 2)}`),
    "small alerts": (size) => push("--boundary\r\n\r\n<a></a>\r\n".repeat(size / 23)),
    "small images": (size) => push("--boundary\r\n\r\n\xff\xd8\xff\xd9\r\n".repeat(size / 21)),
    "chunks of one byte": (size) => push(`<a>${"x".repeat(size)}</a>`, 1),
  },
};

function push(text: string, chunk = 16_384): () => unknown {
  const bytes = Buffer.from(text, "latin1");
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
    bytes.subarray(i * chunk, (i + 1) * chunk),
  );
  return () => {
    const parser = new PartParser(
      { part: () => undefined, warning: () => undefined },
      { boundary: "boundary" },
    );
    for (const each of chunks) parser.push(each);
    parser.end();
  };
}
