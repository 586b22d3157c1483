import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  escapeFilter,
  escapeToken,
  formatSubject,
  laneOf,
  matchesFilter,
  parseSubject,
  subjectOf,
  unescapeToken,
} from "../../../src/store/subject";

const event = {
  source: "isapi",
  type: "motion",
  state: "start",
  id: "a1",
  time: "2026-03-02T08:00:00+01:00",
  device: { name: "Gate 1.north", host: "192.0.2.7" },
  channel: { id: "1" },
};

describe("subjects of stored messages", () => {
  const names = [
    "plain",
    "",
    "%",
    "a.b",
    "a*",
    ">",
    "two words",
    "tab\there",
    "Tür é 門",
    "\u0000",
    "%2E",
    "a\u00a0b",
  ];
  for (const name of names) {
    it(`escapes ${JSON.stringify(name)} reversibly`, () => {
      const token = escapeToken(name);
      assert.match(token, /^[^.*>\s\p{Cc}]+$/u);
      assert.equal(unescapeToken(token), name);
    });
  }

  it("gives different names different tokens", () => {
    assert.equal(new Set(names.map(escapeToken)).size, names.length);
  });

  it("keeps a token that it cannot have written", () => {
    assert.equal(unescapeToken("100%_sure"), "100%_sure");
  });

  it("names source, device, channel and type of an event", () => {
    assert.deepEqual(subjectOf({ payload: event }), ["surveillance", "isapi", "Gate 1.north", "1", "motion"]);
  });

  it("falls back to the address of a device without a name", () => {
    const nameless = { ...event, device: { name: " ", host: "192.0.2.7" } };
    assert.equal(subjectOf({ payload: nameless })[2], "192.0.2.7");
    assert.equal(subjectOf({ payload: { ...event, device: {} } })[2], "unknown");
  });

  it("follows a template", () => {
    assert.deepEqual(subjectOf({ payload: event }, "berlin.<state>.cam-<channel>"), [
      "berlin",
      "start",
      "cam-1",
    ]);
  });

  it("names the topic of any other message", () => {
    assert.deepEqual(subjectOf({ topic: "hall/door", payload: 1 }), ["surveillance", "msg", "hall", "door"]);
    assert.deepEqual(subjectOf({ payload: "x" }, "berlin.<type>"), ["berlin", "msg"]);
  });

  it("bounds the number and the length of levels", () => {
    const levels = subjectOf({ topic: Array(1000).fill("*".repeat(500)).join("/") });
    assert.equal(levels.length, 18);
    assert.ok(formatSubject(levels).length < 4000);
    assert.equal(subjectOf({ topic: "門".repeat(500) })[2], "門".repeat(42));
  });

  it("parses what it formats", () => {
    const levels = ["surveillance", "", "a.b c", "%"];
    assert.deepEqual(parseSubject(formatSubject(levels)), levels);
  });

  it("keeps the order of a camera, whatever the type of its events", () => {
    const lane = laneOf(subjectOf({ payload: event }));
    assert.equal(laneOf(subjectOf({ payload: { ...event, type: "line" } })), lane);
    assert.notEqual(laneOf(subjectOf({ payload: { ...event, channel: { id: "2" } } })), lane);
    assert.notEqual(laneOf(["surveillance", "msg", "a"]), laneOf(["surveillance", "msg", "b"]));
  });
});

describe("subject filters", () => {
  const subject = ["surveillance", "isapi", "Gate 1", "1", "motion"];
  for (const [filter, expected] of [
    ["surveillance.>", true],
    [">", true],
    ["surveillance.isapi.Gate%201.1.motion", true],
    ["surveillance.*.*.*.motion", true],
    ["surveillance.*.*.*.line", false],
    ["surveillance.*", false],
    ["surveillance.isapi.Gate%201.1.motion.>", false],
    ["*.*.*.*.*.*", false],
  ] as const) {
    it(`${filter} ${expected ? "matches" : "does not match"}`, () => {
      assert.equal(matchesFilter(filter, subject), expected);
    });
  }

  it("escapes names and keeps wildcards", () => {
    assert.equal(escapeFilter("surveillance.*.Gate 1.>"), "surveillance.*.Gate%201.>");
    assert.equal(escapeFilter("a.Gate%201"), "a.Gate%201");
  });

  for (const filter of ["", "a..b", "a.>.b", "a."]) {
    it(`rejects ${JSON.stringify(filter)}`, () => {
      assert.throws(() => escapeFilter(filter), { code: "CONFIG_INVALID" });
    });
  }
});
