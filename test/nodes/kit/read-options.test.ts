import assert from "node:assert/strict";
import {
  bytes,
  choice,
  codes,
  custom,
  defaultsOf,
  flag,
  list,
  number,
  reference,
  text,
  when,
} from "../../../nodes/kit/option-kinds";
import { readOptions } from "../../../nodes/kit/read-options";

const options = {
  device: reference("isapi-config"),
  channel: text("101"),
  folder: text(""),
  fps: number(1, { min: 0, max: 60 }),
  minScore: number(0.5, { min: 0, max: 1, blank: 0 }),
  width: number("", { min: 16, whole: true }),
  format: choice("jpeg", ["jpeg", "rgb"]),
  raw: flag(true),
  labels: list("person"),
  helmets: list("helmet, hat", "helmet, hat"),
  eventTypes: codes({ min: 1, max: 100 }),
  maxBytes: bytes(),
  zones: custom<unknown[]>([]),
};

const defaults = {
  ...{ device: undefined, channel: "101", folder: undefined, fps: 1, minScore: 0.5, width: undefined },
  ...{ format: "jpeg", raw: true, labels: ["person"], helmets: ["helmet", "hat"], eventTypes: [] },
  ...{ maxBytes: undefined, zones: [] },
};

describe("readOptions", () => {
  it("uses the defaults for settings that are missing or null in a flow", () => {
    assert.deepEqual(readOptions(options, {}), defaults);
    assert.deepEqual(readOptions(options, { fps: null, raw: undefined }), defaults);
    assert.deepEqual(
      readOptions(options, defaultsOf(options)),
      defaults,
      "what the editor saves means the same",
    );
  });

  it("reads an empty field as the default, or as the option's blank value", () => {
    const blank = Object.fromEntries(Object.keys(options).map((name) => [name, " "]));
    const { minScore, labels, zones, ...rest } = readOptions(options, blank);
    assert.deepEqual([minScore, labels, zones], [0, [], " "]);
    const others = Object.entries(defaults).filter(([name]) => name in rest);
    assert.deepEqual(rest, Object.fromEntries(others));
  });

  it("uses the default of a setting that does not matter, whatever the flow has", () => {
    const dependent = { mode: choice("a", ["a", "b"]), size: when("mode", ["b"], number(5, { min: 1 })) };
    assert.deepEqual(readOptions(dependent, { size: "many" }), { mode: "a", size: 5 });
    assert.deepEqual(readOptions(dependent, { mode: "b", size: 7 }), { mode: "b", size: 7 });
    assert.throws(() => readOptions(dependent, { mode: "b", size: "many" }), { code: "CONFIG_INVALID" });
    assert.throws(() => readOptions(dependent, { size: "many" }, { mode: "b" }), { code: "CONFIG_INVALID" });
  });

  it("parses text from variables", () => {
    const read = readOptions(options, {
      ...{ device: "d1", channel: " 201 ", folder: "x", fps: "0.5", minScore: "1", width: " 640" },
      ...{
        format: "rgb",
        raw: "off",
        labels: "a, b,",
        helmets: ["a "],
        eventTypes: "7, 8,7",
        maxBytes: "1 kB",
      },
    });
    assert.deepEqual(read, {
      ...{ device: "d1", channel: "201", folder: "x", fps: 0.5, minScore: 1, width: 640 },
      ...{
        format: "rgb",
        raw: false,
        labels: ["a", "b"],
        helmets: ["a"],
        eventTypes: [7, 8],
        maxBytes: 1024,
      },
      zones: [],
    });
  });

  it("prefers a message's overrides to the config", () => {
    const read = readOptions(options, { channel: "201", width: "640" }, { channel: 3, width: "", fps: null });
    assert.deepEqual([read.channel, read.width, read.fps], ["3", undefined, 1]);
  });

  for (const [name, value, expected] of [
    ["fps", "61", /^fps is "61": it must be a number from 0 to 60/],
    ["width", 16.5, /^width is 16.5: it must be a whole number of at least 16/],
    ["format", "png", /^format is "png": it must be one of jpeg, rgb/],
    ["raw", "perhaps", /^raw is "perhaps": it must be true or false/],
    ["eventTypes", "1,x", /^eventTypes is "x": it must be a whole number from 1 to 100/],
    ["maxBytes", "much", /^maxBytes is "much"/],
  ] as const) {
    it(`refuses ${name} ${value}, naming it`, () => {
      assert.throws(() => readOptions(options, { [name]: value }), {
        code: "CONFIG_INVALID",
        message: expected,
      });
    });
  }
});
