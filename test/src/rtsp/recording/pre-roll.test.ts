import assert from "node:assert/strict";
import { PreRoll, type TimedPart } from "../../../../src/rtsp/recording/pre-roll";

/** Returns a part that arrives at a second. A part with a capital name begins with a keyframe. */
function part(name: string, second: number, bytes = 10): TimedPart {
  const keyframe = name === name.toUpperCase();
  return {
    data: Buffer.alloc(bytes, name),
    time: second * 1000,
    frame: { keyframe, codec: "h264", seconds: second },
  };
}

/** Plays one part per second. */
function play(preRoll: PreRoll, names: string): void {
  for (let second = 0; second < names.length; second++) preRoll.push(part(names.charAt(second), second));
}

const names = (parts: readonly TimedPart[]): string =>
  parts.map(({ data }) => data.toString("latin1", 0, 1)).join("");

describe("PreRoll", () => {
  it("begins with the keyframe at or before the requested time", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "AbcDefGhi");
    assert.equal(names(preRoll.before(8000, 5)), "DefGhi");
    assert.equal(names(preRoll.before(8000, 4)), "DefGhi");
    assert.equal(names(preRoll.before(8000, 2)), "Ghi");
    assert.equal(names(preRoll.before(8000, 0)), "Ghi");
  });

  it("returns everything if the request is longer", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "xyAbC");
    assert.equal(names(preRoll.before(4000, 10)), "AbC");
  });

  it("drops groups of frames that end before its seconds", () => {
    const preRoll = new PreRoll(3);
    play(preRoll, "AbCdEfGh");
    assert.equal(names(preRoll.before(7000, 60)), "EfGh");
    assert.equal(preRoll.bytes, 40);
  });

  it("contains the current frame even for a pre-roll of 0 s", () => {
    const preRoll = new PreRoll(10);
    play(preRoll, "AbcDe");
    assert.equal(names(preRoll.before(4900, 0)), "De");
  });

  it("returns nothing if the stream ended before the requested seconds", () => {
    const preRoll = new PreRoll(5);
    preRoll.push(part("A", 1));
    preRoll.push(part("b", 2));
    assert.equal(names(preRoll.before(6000, 5)), "Ab");
    assert.equal(names(preRoll.before(8000, 5)), "");
  });

  it("drops the oldest groups above its limit of bytes, even the only group", () => {
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
