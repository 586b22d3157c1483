import assert from "node:assert/strict";
import { decodeMessage, encodeMessage } from "../../../src/store/envelope";
import { identityOf } from "../../../src/store/identity";
import { formatSubject, matchesFilter, parseSubject, subjectOf } from "../../../src/store/subject";
import { refusal } from "../support/contract";
import type { Format, Outcome } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes, oddText, prototypeNames } from "../support/mutate";
import type { Random } from "../support/random";

/** Values that JSON alone cannot carry. */
function value(random: Random, depth: number): unknown {
  const inner = (): unknown => (depth > 3 ? oddText(random) : value(random, depth + 1));
  const kinds: (() => unknown)[] = [
    () => oddText(random),
    () => random.bytes(random.below(30)),
    () => new Date(random.pick([0, 1_777_882_830_000, 8.64e15])),
    () => random.pick([Number.NaN, -Infinity, -0, 1e308, 2 ** 60]),
    () => BigInt(random.below(1000)) ** 20n,
    () => undefined,
    () => new Map([[inner(), inner()]]),
    () => new Set([inner()]),
    () => new Float32Array([1, Number.NaN]),
    () => /a+/gi,
    () => random.several(4, inner),
    () =>
      Object.fromEntries(random.several(4, () => [random.pick(["a", "$", "", ...prototypeNames]), inner()])),
  ];
  return random.pick(kinds)();
}

function message(random: Random): Record<string, unknown> {
  const event = {
    source: "isapi",
    type: "motion",
    state: random.pick(["start", oddText(random)]),
    id: oddText(random),
    time: "2026-05-04T08:20:30Z",
    device: { name: random.pick<unknown>([oddText(random), null, 7, "Gate 1"]), id: "4" },
    channel: { id: random.pick<unknown>(["1", 1, oddText(random)]) },
    details: value(random, 0),
  };
  return {
    _msgid: "a1",
    topic: random.pick<unknown>([oddText(random), "a/b", undefined, 5]),
    payload: random.chance(0.5) ? event : value(random, 0),
    ...(random.chance(0.2) && {
      [random.pick(prototypeNames.filter((name) => name !== "__proto__"))]: value(random, 0),
    }),
  };
}

/** A message of a flow to bytes and back: nothing changes. */
function carry(random: Random): Outcome {
  const msg = message(random);
  const subject = subjectOf(msg);
  const text = formatSubject(subject);
  assert.match(text, /^[^\s*>\0]+$/);
  assert.ok(Buffer.byteLength(text) < 4096);
  assert.deepEqual(
    parseSubject(text),
    subject.map((level) => Buffer.from(level).toString()),
  );
  assert.ok(matchesFilter("surveillance.>", subject));
  const bytes = encodeMessage(msg);
  assert.deepEqual(decodeMessage(bytes, subject), msg);
  identityOf(msg, subject);
  return { read: true };
}

/** Bytes of another program, or damaged ones. */
function readForeign(random: Random): Outcome {
  let bytes: Buffer = Buffer.from(encodeMessage(message(random)));
  if (random.chance(0.3)) {
    let json = jsonOf({ eventType: "VMD", a: [1, { b: "c" }] });
    for (let count = random.below(3); count > 0; count -= 1) json = mutateJson(json, random);
    bytes = Buffer.from(writeJson(json));
  } else if (random.chance(0.3)) {
    bytes = Buffer.concat([bytes.subarray(0, 9), damageBytes(bytes.subarray(9), random)]);
  } else bytes = damageBytes(bytes, random);
  const msg = decodeMessage(bytes, parseSubject(oddText(random)));
  assert.ok(typeof msg === "object");
  identityOf(msg, subjectOf(msg));
  return { read: true };
}

const foreign = (text: string) => (): unknown => decodeMessage(Buffer.from(text), []);

/** Messages of flows in the event store, and payloads that other programs put into NATS. */
export const envelope: Format = {
  name: "envelope",
  code: "src/store/{envelope,identity,subject}.ts, envelope/*.ts",
  reaches: 0.5,
  run(random) {
    try {
      return random.chance(0.5) ? carry(random) : readForeign(random);
    } catch (thrown) {
      return refusal(thrown);
    }
  },
  growing: {
    "many fields": (size) => {
      const msg = {
        payload: Object.fromEntries(Array.from({ length: size / 16 }, (_, i) => [`field${i}`, i])),
      };
      return () => decodeMessage(encodeMessage(msg), []);
    },
    "many buffers": (size) => {
      const msg = { payload: Array.from({ length: size / 64 }, () => Buffer.alloc(8)) };
      return () => decodeMessage(encodeMessage(msg), []);
    },
    "a large number": (size) => {
      const msg = { payload: BigInt(`0x${"9".repeat(size)}`) };
      return () => decodeMessage(encodeMessage(msg), []);
    },
    brackets: (size) => foreign("[".repeat(size)),
    "closed brackets": (size) => foreign(`${"[".repeat(size / 2)}${"]".repeat(size / 2)}`),
    "a long topic": (size) => () => subjectOf({ topic: "/".repeat(size) }),
    "a long name": (size) => () => formatSubject(subjectOf({ topic: "*".repeat(size) })),
  },
};
