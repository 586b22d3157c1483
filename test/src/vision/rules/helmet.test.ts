import type { Sighting } from "../../../../src/vision/rules/sightings";
import assert from "node:assert/strict";
import { withoutHelmet } from "../../../../src/vision/rules/helmet";

const size = { width: 1000, height: 800 };
const options = { personLabels: ["person"], helmetLabels: ["helmet", "hardhat"], minPersonHeight: 0.1 };
const sighting = (label: string, x: number, y: number, width: number, height: number): Sighting => ({
  label,
  score: 0.7,
  box: { x, y, width, height },
});
const worker = sighting("person", 400, 200, 100, 300);
const onHead = sighting("helmet", 430, 190, 40, 30);
const found = (...sightings: Sighting[]): Sighting[] => withoutHelmet(sightings, size, options);

describe("withoutHelmet", () => {
  it("reports a person without a helmet, with box and score", () => {
    assert.deepEqual(found(worker), [{ ...worker, label: "no_helmet" }]);
  });

  it("accepts a helmet on the head", () => {
    assert.deepEqual(found(worker, onHead), []);
  });

  it("accepts a helmet that exceeds the person's box a little", () => {
    assert.deepEqual(found(worker, sighting("helmet", 385, 160, 40, 30)), []);
  });

  it("does not accept a helmet in the hand or on the ground", () => {
    assert.equal(found(worker, sighting("helmet", 480, 350, 40, 30)).length, 1);
    assert.equal(found(worker, sighting("helmet", 430, 480, 40, 30)).length, 1);
  });

  it("does not accept a neighbour's helmet", () => {
    const neighbour = sighting("person", 600, 200, 100, 300);
    const theirs = sighting("helmet", 630, 190, 40, 30);
    assert.deepEqual(found(worker, neighbour, theirs), [{ ...worker, label: "no_helmet" }]);
  });

  it("accepts a helmet of any score", () => {
    assert.deepEqual(found(worker, { ...onHead, score: 0.05 }), []);
  });

  it("compares labels in any case", () => {
    assert.equal(found({ ...worker, label: "Person" }).length, 1);
    assert.deepEqual(found({ ...worker, label: "Person" }, { ...onHead, label: "Hardhat" }), []);
  });

  it("ignores people who are too small", () => {
    assert.deepEqual(found(sighting("person", 400, 200, 25, 79)), []);
    assert.equal(found(sighting("person", 400, 200, 25, 80)).length, 1);
  });

  it("ignores people whose head may be outside the image, but not those cut off below", () => {
    assert.deepEqual(found(sighting("person", 400, 2, 100, 300)), []);
    assert.deepEqual(found(sighting("person", -20, 200, 100, 300)), []);
    assert.deepEqual(found(sighting("person", 950, 200, 50, 300)), []);
    assert.equal(found(sighting("person", 400, 600, 100, 200)).length, 1);
  });
});
