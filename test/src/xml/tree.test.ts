import assert from "node:assert/strict";
import { XmlError } from "../../../src/xml/limits";
import { XmlTree } from "../../../src/xml/tree";

describe("XmlTree", () => {
  const document =
    '<?xml version="1.0" encoding="UTF-8"?><t:Time xmlns:t="urn:x" t:version="2.0"><!-- as set -->' +
    "<t:mode>NTP</t:mode><t:note>a &amp; b</t:note><t:raw><![CDATA[1 &lt; 2]]></t:raw></t:Time>";

  it("writes an unchanged document as it was read", () => {
    assert.equal(new XmlTree(document).toString(), document);
  });

  it("writes changes, and everything else as it was read", () => {
    const tree = new XmlTree(document);
    const mode = tree.root.child("mode");
    assert.ok(mode);
    mode.text = "manual";
    assert.equal(tree.toString(), document.replace("NTP", "manual"));
  });

  it("escapes a text that is set, and reads it back", () => {
    const { root } = new XmlTree("<a><b/></a>");
    const [b] = root.children;
    assert.ok(b);
    b.text = "<R&D>";
    assert.equal(root.child("b")?.text, "<R&D>");
  });

  it("appends elements in the namespace of their parent, and removes them", () => {
    const tree = new XmlTree('<n:list xmlns:n="urn:x"></n:list>');
    tree.root.append("item", { id: "1" });
    assert.equal(tree.toString(), '<n:list xmlns:n="urn:x"><n:item><n:id>1</n:id></n:item></n:list>');
    const [item] = tree.root.items;
    assert.ok(item);
    tree.root.remove(item);
    assert.equal(tree.toString(), '<n:list xmlns:n="urn:x"></n:list>');
  });

  it("decodes references in text and attributes, but not in CDATA", () => {
    const { root } = new XmlTree(document.replace("2.0", "&#50;.0"));
    assert.equal(root.value("note"), "a & b");
    assert.equal(root.value("raw"), "1 &lt; 2");
    assert.equal(root.attributes.get("version"), "2.0");
  });

  it("leaves namespace declarations out of the attributes, and blanks around values", () => {
    const text = '<n:a xmlns="urn:x" xmlns:n="urn:y" n:on=" 1 "/>';
    const tree = new XmlTree(text);
    assert.deepEqual([...tree.root.attributes], [["on", "1"]]);
    assert.equal(tree.toString(), text.replace("/>", "></n:a>"));
  });

  it("finds children by any of several names, whatever their case", () => {
    const { root } = new XmlTree("<a><Plate>X 1</Plate><count>07</count><empty/></a>");
    assert.equal(root.value("license", "plate"), "X 1");
    assert.equal(root.number("Count"), 7);
    assert.equal(root.number("plate"), undefined);
    assert.equal(root.value("empty"), undefined);
  });

  it("copies an element with only some of its descendants", () => {
    const { root } = new XmlTree('<a on="1"><b/><c><d/></c></a>');
    const part = root.holding(...[...root.descendants()].filter(({ name }) => name === "d"));
    assert.deepEqual(
      [part.name, part.attributes.get("on"), part.children.map(({ name }) => name)],
      ["a", "1", ["d"]],
    );
    assert.equal(root.children.length, 2);
  });

  it("refuses a text without an element, and names that JavaScript objects are built on", () => {
    for (const text of ["", "plain words", "<constructor/>", "<a><__proto__/></a>"]) {
      assert.throws(() => new XmlTree(text), XmlError, text);
    }
  });
});
