import assert from "node:assert/strict";
import { parseChallenges } from "../../../src/isapi/connection/digest";
import { PamSplitter } from "../../../src/rtsp/frames/pam-splitter";
import { DocumentSplitter } from "../../../src/rtsp/metadata/document-splitter";
import { parseNames } from "../../../src/vision/onnx/model-facts";
import { growth, SQUARE } from "../../support/growth";

describe("findings of fuzzing: time", () => {
  for (const [name, header] of Object.entries({
    "after the scheme": (size: number) => `Digest${" ".repeat(size)}=`,
    "after a parameter": (size: number) => `Digest a=b${" ".repeat(size)}=`,
  })) {
    it(`blanks ${name} of a challenge cost linear time`, () => {
      assert.ok(growth((size) => void parseChallenges(header(size)), 4096) < SQUARE);
    });
  }

  for (const [name, text] of Object.entries({
    "complete documents": "<Metadata>a</Metadata>",
    "documents without an end": "<Metadata>",
  })) {
    it(`many ${name} of a metadata track cost linear time`, () => {
      const work = (size: number): void => void new DocumentSplitter().push(Buffer.from(text.repeat(size)));
      assert.ok(growth(work, 400) < SQUARE);
    });
  }

  for (const [name, text] of Object.entries({ digits: "1", quotes: "'\\", "ids with blanks": "1  " })) {
    it(`class names of a model with many ${name} cost linear time`, () => {
      assert.ok(growth((size) => void parseNames(text.repeat(size)), 2000) < SQUARE);
    });
  }

  it("many starts of raw frames cost linear time", () => {
    const work = (size: number): void => void new PamSplitter().push(Buffer.from("P7\n".repeat(size)));
    assert.ok(growth(work, 10_000) < SQUARE);
  });
});
