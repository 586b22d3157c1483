import assert from "node:assert/strict";
import { limits, XmlError } from "../../../src/xml/limits";
import { parsePostedXml } from "../../../src/xml/posted-body";

describe("parsePostedXml", () => {
  const long = "QUJD".repeat(1000);
  const parse = (text: string) => parsePostedXml(Buffer.from(text));

  for (const [how, text] of [
    ["in CDATA", `<![CDATA[${long}]]>`],
    ["bare", long],
  ] as const) {
    it(`moves a long text ${how} out of the tree, and returns its bytes`, () => {
      const { root, longText } = parse(`<a><image>${text}</image><name>Gate</name></a>`);
      const placeholder = root.child("image")?.text ?? "";
      assert.ok(placeholder.length < 10);
      assert.equal(longText(placeholder)?.toString(), long);
      assert.equal(longText(root.value("name") ?? ""), undefined);
    });
  }

  it("removes comments", () => {
    assert.deepEqual(
      parse("<a><!-- <b/> --><c/></a>").root.children.map(({ name }) => name),
      ["c"],
    );
  });

  const nested = (depth: number): string => `${"<a>".repeat(depth)}${"</a>".repeat(depth)}`;

  it("accepts a body just within the limits", () => {
    parse(nested(limits.depth));
    parse(`<a>${"<b/>".repeat(limits.postedTags - 2)}</a>`);
  });

  const refused = {
    "deeper nesting": nested(limits.depth + 1),
    "more tags": `<a>${"<b/>".repeat(limits.postedTags)}</a>`,
    "more bytes in its elements": `<a b="${"c".repeat(limits.postedMarkup)}"/>`,
    "a document type": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "a control character that could pass for a placeholder": "<a>\u00010</a>",
    "a tag without an end": "<a><b",
    "an element without an end": "<a><b></a>",
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parse(text), XmlError);
    });
  }
});
