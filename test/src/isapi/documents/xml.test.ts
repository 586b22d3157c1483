import assert from "node:assert/strict";
import { buildXml, parseXml } from "../../../../src/isapi/documents/xml";

describe("parseXml", () => {
  it("keeps text as text, and lists as arrays of any length", () => {
    const { root, value } = parseXml(
      '<?xml version="1.0"?><a:ChannelList xmlns:a="urn:x"><Channel><id>007</id><on>true</on></Channel></a:ChannelList>',
    );
    assert.deepEqual([root, value], ["ChannelList", { Channel: [{ id: "007", on: "true" }] }]);
  });

  it("keeps attributes on request", () => {
    const { value } = parseXml('<Time version="2.0" xmlns="urn:x"><zone opt="a,b">UTC</zone></Time>', {
      attributes: true,
    });
    assert.deepEqual(value, {
      "@version": "2.0",
      "@xmlns": "urn:x",
      zone: { "@opt": "a,b", "#text": "UTC" },
    });
  });

  it("replaces entities once, and leaves a lone & alone", () => {
    assert.equal(
      parseXml("<a>&amp;lt; &#x41;&#66; R&D &unknown; &#99999999;</a>").value,
      "&lt; AB R&D &unknown; &#99999999;",
    );
  });

  it("rejects document types, so that no entity can expand", () => {
    assert.throws(() => parseXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), { code: "ISAPI_REPLY" });
  });

  it("rejects text that is not XML, too deep or too large", () => {
    for (const text of ["", "hello", "<a>".repeat(100), "x".repeat(5 * 1024 * 1024)]) {
      assert.throws(() => parseXml(text), { code: "ISAPI_REPLY" });
    }
  });
});

describe("buildXml", () => {
  it("writes what parseXml reads", () => {
    const document = {
      Time: {
        "@version": "1.0",
        "@xmlns": "urn:own",
        mode: "manual",
        list: { item: ["a & b", '<"c">'] },
        empty: "",
      },
    };
    const { root, value } = parseXml(buildXml(document), { attributes: true });
    assert.deepEqual({ [root]: value }, document);
  });

  it("adds the version and namespace that devices require", () => {
    assert.equal(
      buildXml({ PTZData: { pan: -10, on: true } }),
      '<?xml version="1.0" encoding="UTF-8"?>\n<PTZData version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">' +
        "<pan>-10</pan><on>true</on></PTZData>",
    );
  });

  it("rejects no root, several roots and invalid names", () => {
    for (const document of [{}, { a: 1, b: 2 }, { "a b": 1 }, { a: { "x><y": 1 } }]) {
      assert.throws(() => buildXml(document), { code: "CONFIG_INVALID" });
    }
  });
});
