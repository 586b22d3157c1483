import assert from "node:assert/strict";
import { PreRoll, type TimedPart } from "../../../../src/rtsp/recording/pre-roll";

/** A part that arrives at a second; in capitals, one that begins with a keyframe. */
function part(name: string, second: number, bytes = 10): TimedPart {
  const keyframe = name === name.toUpperCase();
  return {
    data: Buffer.alloc(bytes, name),
    time: second * 1000,
    frame: { keyframe, codec: "h264", seconds: second },
  };
}

/** A part a second. */
function play(preRoll: PreRoll, names: string): void {
  for (let second = 0; second < names.length; second++) preRoll.push(part(names.charAt(second), second));
}

const names = (parts: readonly TimedPart[]): string =>
  parts.map(({ data }) => data.toString("latin1", 0, 1)).join("");

describe("PreRoll", () => {
  it("begins with the keyframe at or before the time that is wanted", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "AbcDefGhi");
    assert.equal(names(preRoll.before(8000, 5)), "DefGhi");
    assert.equal(names(preRoll.before(8000, 4)), "DefGhi");
    assert.equal(names(preRoll.before(8000, 2)), "Ghi");
    assert.equal(names(preRoll.before(8000, 0)), "Ghi");
  });

  it("gives what there is where less is there than wanted", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "xyAbC");
    assert.equal(names(preRoll.before(4000, 10)), "AbC");
  });

  it("keeps no group of frames that ends before the seconds it is for", () => {
    const preRoll = new PreRoll(3);
    play(preRoll, "AbCdEfGh");
    assert.equal(names(preRoll.before(7000, 60)), "EfGh");
    assert.equal(preRoll.bytes, 40);
  });

  it("has the frame of this moment also where nothing before it is wanted", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "AbcDe");
    assert.equal(names(preRoll.before(4900, 0)), "De");
  });

  it("gives nothing of a stream that ended before the seconds that are wanted", () => {
    const preRoll = new PreRoll(5);
    preRoll.push(part("A", 1));
    preRoll.push(part("b", 2));
    assert.equal(names(preRoll.before(6000, 5)), "Ab");
    assert.equal(names(preRoll.before(8000, 5)), "");
  });

  it("is bounded in bytes: the oldest group goes first, and one that is too large all by itself", () => {
    const preRoll = new PreRoll(60, 50);
    play(preRoll, "AbCdE");
    assert.equal(names(preRoll.before(5000, 60)), "AbCdE");
    preRoll.push(part("f", 5));
    assert.equal(names(preRoll.before(5000, 60)), "CdEf");
    preRoll.push(part("g", 6, 60));
    assert.equal(preRoll.bytes, 0);
    preRoll.push(part("h", 7));
    assert.equal(preRoll.bytes, 0);
    preRoll.push(part("I", 8));
    assert.equal(names(preRoll.before(8000, 60)), "I");
  });
});
