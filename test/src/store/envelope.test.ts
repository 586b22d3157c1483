import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runInNewContext } from "node:vm";
import { decodeMessage, encodeMessage } from "../../../src/store/envelope";

const subject = ["surveillance", "msg", "hall"];
const MAGIC = [0x93, 0x43, 0x46, 0x53, 0x01];

/** Returns an envelope by hand: magic, length of the JSON (big endian), JSON, bytes. */
function envelope(
  json: string,
  bytes: Uint8Array = Buffer.alloc(0),
  length = Buffer.byteLength(json),
): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  return Buffer.concat([Buffer.from(MAGIC), size, Buffer.from(json), bytes]);
}
const roundTrip = (msg: object): unknown => decodeMessage(encodeMessage(msg), subject);

describe("encodeMessage and decodeMessage", () => {
  it("write JSON, followed by the bytes of the buffers", () => {
    const expected = envelope('{"id":"i1","msg":{"payload":{"$":["Buffer",3]}}}', Buffer.from([1, 2, 3]));
    assert.deepEqual(Buffer.from(encodeMessage({ payload: Buffer.from([1, 2, 3]) }, "i1")), expected);
  });

  it("carry everything that a message usually has", () => {
    const msg = {
      _msgid: "0a",
      topic: "Tür 門",
      payload: {
        images: [{ data: Buffer.from([0, 255]) }, { data: Buffer.alloc(0) }],
        heat: new Float32Array([1.5, -2]),
        big: new BigInt64Array([-1n]),
        raw: new Uint8Array([9]).buffer,
        view: new DataView(new Uint8Array([7, 8]).buffer),
        at: new Date(5),
        numbers: [Number.NaN, Infinity, -Infinity, -0, 0.1],
        nothing: [undefined, null, ""],
        huge: [123456789012345678901234567890n, -5n],
        map: new Map<unknown, unknown>([
          ["a", new Set([1, "b"])],
          [{ key: 1 }, Buffer.from("x")],
        ]),
        pattern: /a+/giu,
        own: { $: ["Buffer", 99], b: 1 },
        missing: undefined,
      },
    };
    assert.deepEqual(roundTrip(msg), msg);
  });

  it("carry an error with its fields", () => {
    const error = Object.assign(new RangeError("too far"), { code: "E1", cause: new Error("inner") });
    const { error: read } = roundTrip({ error }) as { error: Error & { code: string } };
    assert.ok(read instanceof Error);
    assert.deepEqual([read.name, read.message, read.stack], ["RangeError", "too far", error.stack]);
    assert.equal(read.code, "E1");
    assert.equal((read.cause as Error).message, "inner");
  });

  it("carry what a function node makes in its own context", () => {
    const made = runInNewContext(
      "({ a: [1], d: new Date(5), b: new Uint8Array([1]), m: new Map([[1, 2]]) })",
    ) as object;
    const expected = { a: [1], d: new Date(5), b: new Uint8Array([1]), m: new Map([[1, 2]]) };
    assert.deepEqual(roundTrip({ payload: made }), { payload: expected });
  });

  it("carry a buffer that is part of another", () => {
    assert.deepEqual(roundTrip({ payload: Buffer.from("abcdef").subarray(2, 4) }), {
      payload: Buffer.from("cd"),
    });
  });

  it("leave out the connection of an HTTP request and the traces of a store", () => {
    const msg = {
      payload: 1,
      req: () => 1,
      res: new Promise(() => undefined),
      delivery: { id: "x" },
      stored: {},
    };
    assert.deepEqual(roundTrip(msg), { payload: 1 });
  });

  it("return the id of the message", () => {
    assert.deepEqual(decodeMessage(encodeMessage({ payload: 1 }, "i1"), subject), {
      payload: 1,
      delivery: { id: "i1" },
    });
  });

  it("keep a property __proto__ a property", () => {
    const payload = JSON.parse('{"__proto__":{"polluted":true},"$":1}') as object;
    const read = roundTrip({ payload }) as { payload: { polluted?: boolean } };
    assert.equal(read.payload.polluted, undefined);
    assert.deepEqual(Object.keys(read.payload), ["__proto__", "$"]);
  });
});

describe("encodeMessage rejects", () => {
  class Tank {
    readonly litres = 7;
  }
  const cycle: { self?: object } = {};
  cycle.self = cycle;
  for (const [name, payload, named] of [
    ["a function", { list: [0, { run: () => 1 }] }, "msg.payload.list[1].run is a function"],
    ["a symbol", { s: Symbol("x") }, "msg.payload.s is a symbol"],
    ["a cycle", cycle, "msg.payload.self contains itself"],
    ["an instance of a class", [new Tank()], "msg.payload[0] is an object of the class Tank"],
    ["a promise", Promise.resolve(1), "class Promise"],
    ["deep nesting", JSON.parse("[".repeat(300) + "]".repeat(300)) as unknown, "deeper than 200"],
    ["a shared reference that multiplies", doubled(40), "more than 1000000 values"],
  ] as const) {
    it(`${name}, and names the property`, () => {
      assert.throws(
        () => encodeMessage({ payload }),
        (error: Error & { code: string }) =>
          error.code === "STORE_MESSAGE_INVALID" &&
          error.message.includes(named) &&
          error.message.includes("Remove"),
      );
    });
  }

  it("a message over the limit", () => {
    assert.throws(() => encodeMessage({ payload: Buffer.alloc(65 * 1024 * 1024) }), { code: "TOO_LARGE" });
  });

  /** Returns an array that contains itself twice at each of so many levels, without a cycle. */
  function doubled(levels: number): unknown[] {
    return levels === 0 ? [] : ((inner) => [inner, inner])(doubled(levels - 1));
  }
});

describe("decodeMessage", () => {
  it("turns JSON of another program into the payload", () => {
    assert.deepEqual(decodeMessage(Buffer.from('{"a":[1]}'), ["plant", "a b"]), {
      topic: "plant/a b",
      payload: { a: [1] },
    });
  });

  for (const [name, bytes] of [
    ["text", Buffer.from("hello")],
    ["no bytes", Buffer.alloc(0)],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["JSON nested without end", Buffer.from("[".repeat(5000) + "]".repeat(5000))],
  ] as const) {
    it(`keeps ${name} of another program as a Buffer`, () => {
      assert.deepEqual(decodeMessage(bytes, subject), { topic: "surveillance/msg/hall", payload: bytes });
    });
  }

  it("never sets a prototype from foreign JSON", () => {
    const { payload } = decodeMessage(Buffer.from('{"__proto__":{"polluted":1}}'), subject) as {
      payload: object;
    };
    assert.equal(Object.getPrototypeOf(payload), Object.prototype);
  });

  const one = '{"msg":{"payload":{"$":["Buffer",3]}}}';
  for (const [name, bytes] of Object.entries({
    "that ends in the head": Buffer.from([...MAGIC, 0]),
    "whose JSON is longer than the rest": envelope(one, Buffer.alloc(0), 0xffffffff),
    "without the bytes of its buffer": envelope(one, Buffer.alloc(2)),
    "with bytes left over": envelope(one, Buffer.alloc(4)),
    "of a later version": Buffer.from([...MAGIC.slice(0, 4), 2, 0, 0, 0, 2, 0x7b, 0x7d]),
    "that is not JSON": envelope("{"),
    "without a message": envelope('{"id":"x"}'),
    "whose message is a list": envelope('{"msg":[]}'),
    "whose message is a Date": envelope('{"msg":{"$":["Date",5]}}'),
    "with a negative length": envelope('{"msg":{"p":{"$":["Buffer",-1]}}}'),
    "with a huge length": envelope('{"msg":{"p":{"$":["Float64Array",1e15]}}}'),
    "with half an element": envelope('{"msg":{"p":{"$":["Float64Array",3]}}}', Buffer.alloc(3)),
    "with an unknown kind": envelope('{"msg":{"p":{"$":["constructor",1]}}}'),
    "with a map of numbers": envelope('{"msg":{"p":{"$":["Map",[1,2]]}}}'),
    "with a mark without a kind": envelope('{"msg":{"p":{"$":7}}}'),
    "with a number that is none": envelope('{"msg":{"p":{"$":["bigint","1g"]}}}'),
    "nested without end": envelope(`{"msg":{"p":${"[".repeat(5000)}${"]".repeat(5000)}}}`),
  })) {
    it(`rejects an envelope ${name}`, () => {
      assert.throws(() => decodeMessage(bytes, subject), {
        code: "STORE_MESSAGE_INVALID",
        message: /surveillance\/msg\/hall/,
      });
    });
  }

  it("rejects every truncation of an envelope", () => {
    const whole = encodeMessage({ payload: { a: Buffer.from("abc"), b: new Date(1) } }, "id");
    for (let length = 4; length < whole.length; length++) {
      assert.throws(() => decodeMessage(whole.subarray(0, length), subject), {
        code: "STORE_MESSAGE_INVALID",
      });
    }
  });

  it("does not let an error from outside replace its prototype", () => {
    const bytes = envelope('{"msg":{"p":{"$":["Error",[["__proto__",{"polluted":1}],["message",5]]]}}}');
    const { p } = decodeMessage(bytes, subject) as { p: Error & { polluted?: number } };
    assert.ok(p instanceof Error);
    assert.equal(p.polluted, undefined);
  });
});
