import assert from "node:assert/strict";
import { camera, crop, decode, only, overview } from "./decoding";

describe("decodePost: bodies that no camera sends", () => {
  const invalid = { code: "VIEWTRON_XML_INVALID" };
  const refused: Record<string, string> = {
    "text that is not XML": "plain words",
    JSON: '{"smartType":"PEA"}',
    "a tag that is never closed": "<config><smartType>PEA</config>",
    "a truncated body": camera.metadata({ overview, crop }).slice(0, 20_000),
    "a document type": '<!DOCTYPE config [<!ENTITY a "aaaa">]><config>&a;</config>',
    "an entity bomb in a document type": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${"b".repeat(50)}"><!ENTITY c "&a;&a;">]><config>&c;</config>`,
    "an element with the name of a JavaScript property":
      "<config><__proto__><polluted>yes</polluted></__proto__></config>",
    "deep nesting": `${"<a>".repeat(500)}x${"</a>".repeat(500)}`,
    "too many tags": `<config>${"<a>1</a>".repeat(100_000)}</config>`,
    "a tag as long as the body": `<config a="${"x".repeat(300_000)}"/>`,
    "too many comments": `<config>${"<!--x-->".repeat(100_000)}</config>`,
    "thousands of reports that share thousands of fields": `<config><alarmStatusInfo>${'<a id="1">true</a>'.repeat(2000)}</alarmStatusInfo>${"<b>1</b>".repeat(2000)}</config>`,
    "hundreds of reports that share megabytes": `<config><alarmStatusInfo>${'<a id="1">true</a>'.repeat(300)}</alarmStatusInfo><b>${"x".repeat(2_000_000)}</b></config>`,
    "control characters": "<config><smartType>\u00010</smartType></config>",
  };
  for (const [what, xml] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode(xml), invalid);
    });
  }

  it("reads a body with a byte order mark and zero bytes at its end", () => {
    assert.equal(only(`\uFEFF${camera.data("MOTION")}\0\0`).type, "motion");
  });
});
