import assert from "node:assert/strict";
import { SurveillanceError, errorCodes } from "../../../src/core/errors";
import { isCommonEventType, type CommonEvent, type NormalisedBox } from "../../../src/events";
import type { Outcome } from "./format";

/** Runs code that may refuse its input. Every error must be a SurveillanceError with a known code. */
export function refusable(work: () => void): Outcome {
  try {
    work();
    return { read: true };
  } catch (thrown) {
    return refusal(thrown);
  }
}

/** Returns the outcome of a documented error. @throws {unknown} every other one */
export function refusal(thrown: unknown): Outcome {
  if (!(thrown instanceof SurveillanceError)) throw thrown;
  assert.ok(thrown.code in errorCodes, `unknown code ${thrown.code}`);
  assertMessage(thrown.message);
  return { read: false, refusal: thrown.code };
}

/** Checks that a message for users shows nothing of the program's inside, and is not longer than a screen. */
export function assertMessage(message: string): void {
  assert.doesNotMatch(message, /\[native code\]|\[object |undefined/);
  assert.ok(message.length < 20_000, `a message of ${message.length} characters`);
}

const states = new Set(["start", "update", "end", "pulse"]);
const imageKinds = new Set(["overview", "target", "plate", "face"]);
const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === "string";

/** Checks everything that the contract of a common event promises. */
export function assertEvent(event: CommonEvent): void {
  assert.ok(isCommonEventType(event.type), `type ${event.type}`);
  assert.ok(states.has(event.state), `state ${event.state}`);
  assert.ok(typeof event.id === "string", "the id is not text");
  assert.ok(["string", "number"].includes(typeof event.vendorType), "vendorType");
  assert.ok(isOptionalText(event.description), "description");
  assertTime(event.time);
  assertTime(event.receivedTime);
  assert.ok(Object.values(event.device).every(isOptionalText), "device");
  assert.ok(typeof event.channel.id === "string" && isOptionalText(event.channel.name), "channel");
  for (const { label, id, score, box, plate } of event.targets) {
    assert.ok(typeof label === "string", "label");
    assert.ok(id === undefined || ["string", "number"].includes(typeof id), "the target's id");
    assert.ok(score === undefined || (score >= 0 && score <= 1), `score ${score}`);
    assert.ok(isOptionalText(plate), "plate");
    if (box !== undefined) assertBox(box);
  }
  for (const { kind, mimeType, data, url, width, height } of event.images) {
    assert.ok(imageKinds.has(kind) && typeof mimeType === "string", "image");
    assert.ok(data === undefined || Buffer.isBuffer(data), "image data");
    assert.ok(isOptionalText(url), "url");
    assert.ok(
      [width, height].every((pixels) => pixels === undefined || pixels > 0),
      "image size",
    );
  }
  const { details, ...own } = event;
  assertPlain(own);
  assertDetails(details);
}

/** Checks a vendor's own fields. JSON of a vendor may contain `1e999`, which JavaScript reads as infinite. */
export function assertDetails(details: unknown): void {
  assertPlain(details, { anyNumber: true });
}

/** Checks a box: within 0..1, with an extent that is not negative. */
export function assertBox(box: NormalisedBox): void {
  const { x, y, width, height } = box;
  const isInside = [x, y, width, height, x + width, y + height].every(
    (value) => value >= 0 && value <= 1 + 1e-5,
  );
  assert.ok(isInside, `box ${JSON.stringify(box)}`);
}

/** Checks a time: every program can read it. */
export function assertTime(time: string): void {
  assert.ok(!Number.isNaN(Date.parse(time)), `time ${time}`);
}

const MAX_DEPTH = 200;

/**
 * Checks that a value can be copied and written as JSON: no functions, no numbers that JSON cannot express, no name
 * that sets a prototype, no deep nesting.
 */
export function assertPlain(value: unknown, { anyNumber = false, depth = 0 } = {}): void {
  assert.ok(depth < MAX_DEPTH, "the result is nested too deeply");
  if (typeof value === "number") assert.ok(anyNumber || Number.isFinite(value), `number ${value}`);
  assert.ok(typeof value !== "function" && typeof value !== "symbol", `a ${typeof value} in the result`);
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return;
  assert.ok(!Object.hasOwn(value, "__proto__"), "an own field __proto__");
  const isPlain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
  assert.ok(isPlain, "not a plain object");
  for (const member of Object.values(value)) assertPlain(member, { anyNumber, depth: depth + 1 });
}
