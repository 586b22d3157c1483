import assert from "node:assert/strict";
import { DocumentSplitter } from "../../../../src/rtsp/metadata/document-splitter";
import { below, seededRandom } from "../../../support/seeded-random";

const first = '<Metadata version="2.0"><type>a</type><name>Ofen Süd °</name></Metadata>';
const second = "<Metadata>\r\n<type>b</type>\r\n</Metadata >";

describe("DocumentSplitter", () => {
  function split(...chunks: (string | Buffer)[]): { documents: string[]; damaged: number } {
    const splitter = new DocumentSplitter();
    const documents = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk as string)));
    return { documents, damaged: splitter.damaged };
  }

  it("finds the same documents in chunks of any size", () => {
    const bytes = Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n${first}\0\0${second}\n<!-- -->${first}`,
    );
    for (let size = 1; size <= bytes.length; size++) {
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(split(...chunks), { documents: [first, second, first], damaged: 0 }, `by ${size}`);
    }
  });

  it("returns a document as soon as it is complete", () => {
    const splitter = new DocumentSplitter();
    assert.deepEqual(splitter.push(Buffer.from(first.slice(0, -1))), []);
    assert.deepEqual(splitter.push(Buffer.from(">")), [first]);
  });

  it("skips private headers before a document, even if they contain its characters", () => {
    const header = Buffer.from([0x49, 0x4d, 0x3c, 0x00, 0x3c, 0x3c, 0xff, 0x4d]);
    const { documents } = split(Buffer.concat([header, Buffer.from(first), header, Buffer.from(second)]));
    assert.deepEqual(documents, [first, second]);
  });

  it("finds documents with a prefix, of ONVIF, and empty documents", () => {
    const documents = [
      "<hik:Metadata>1</hik:Metadata>",
      "<tt:MetadataStream>2</tt:MetadataStream>",
      "<Metadata/>",
    ];
    assert.deepEqual(split(documents.join("")).documents, documents);
  });

  it("does not end the root at an element with a longer name", () => {
    const document = "<Metadata><MetadataType>x</MetadataType><type>a</type></Metadata>";
    for (let size = 1; size <= document.length; size++) {
      const chunks = document.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
      assert.deepEqual(split(...chunks), { documents: [document], damaged: 0 }, `by ${size}`);
    }
  });

  it("drops and counts a document without an end", () => {
    assert.deepEqual(split(`${first.slice(0, 30)}${second}`), { documents: [second], damaged: 1 });
    assert.deepEqual(split(`${first.slice(0, 30)}<?xml version="1.0"?>`, second), {
      documents: [second],
      damaged: 1,
    });
    const spread = '<Metadata\n version="2.0"><type>c</type></Metadata>';
    assert.deepEqual(split(`${first.slice(0, 30)}${spread}`), { documents: [spread], damaged: 1 });
  });

  it("finds no document inside a document without a beginning", () => {
    assert.deepEqual(split(`<TargetList><Target>7</Target></TargetList></Metadata>${first}`).documents, [
      first,
    ]);
  });

  it("limits the pending bytes", () => {
    const splitter = new DocumentSplitter();
    assert.deepEqual(splitter.push(Buffer.from("<Metadata>")), []);
    for (let count = 0; count < 40; count++) splitter.push(Buffer.alloc(8192, "x"));
    assert.equal(splitter.damaged, 1);
    assert.deepEqual(splitter.push(Buffer.from(first)), [first]);
  });

  it("finds the next document after garbage", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const garbage = Buffer.from(
        Array.from({ length: 40 }, () => "<>/?! Mea\0x"[below(random, 11)]).join(""),
      );
      const { documents } = split(garbage, first.slice(0, 20), first.slice(20));
      assert.ok(documents.includes(first), `behind ${JSON.stringify(garbage.toString())}`);
    }
  });
});
