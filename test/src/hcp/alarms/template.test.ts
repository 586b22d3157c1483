import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { renderJson, renderText } from "../../../../src/hcp/alarms/template";

const event = {
  payload: {
    type: "hardHat",
    targets: [{ label: "head", score: 0.91 }],
    note: 'he said "no"\nand left',
    images: [{ mimeType: "image/jpeg", data: Buffer.alloc(5_000_000) }],
  },
};

describe("renderText", () => {
  it("fills fields by dots, numbers and brackets", () => {
    const template = "{{payload.type}}: {{ payload.targets.0.label }} {{payload.targets[0].score}}";
    assert.equal(renderText(template, event), "hardHat: head 0.91");
  });

  it("leaves a missing field empty, however deep", () => {
    assert.equal(renderText("[{{payload.channel.name}}{{nothing}}{{payload.type.0.x}}{{}}]", event), "[]");
  });

  it("writes objects as JSON, with the sizes of their images", () => {
    assert.equal(renderText("{{payload.targets}}", event), '[{"label":"head","score":0.91}]');
    assert.equal(
      renderText("{{payload.images}}", event),
      '[{"mimeType":"image/jpeg","data":"<5000000 bytes>"}]',
    );
    assert.equal(renderText("{{payload.images.0.data}}", event), "<5000000 bytes>");
  });

  it("never evaluates code or reads inherited properties", () => {
    const template =
      "{{1+1}}{{constructor.name}}{{payload.targets.length}}{{payload.type.length}}{{process.env}}";
    assert.equal(renderText(template, event), "1", "only the list's length is an own property");
  });

  it("survives objects that refer to themselves", () => {
    const loop: Record<string, unknown> = { name: "loop" };
    loop.self = loop;
    assert.match(renderText("{{loop}}", { loop }), /^\{"name":"loop"/);
  });

  it("does not fill fields in values", () => {
    assert.equal(renderText("{{a}}", { a: "{{b}}", b: "secret" }), "{{b}}");
  });
});

describe("renderJson", () => {
  it("escapes values in a JSON string", () => {
    assert.deepEqual(renderJson('{"text": "{{payload.type}}: {{payload.note}}"}', event), {
      text: 'hardHat: he said "no"\nand left',
    });
  });

  it("keeps the type of values outside a string", () => {
    const template =
      '{"score": {{payload.targets.0.score}}, "targets": {{payload.targets}}, "none": {{nope}}}';
    assert.deepEqual(renderJson(template, event), {
      score: 0.91,
      targets: [{ label: "head", score: 0.91 }],
      none: null,
    });
  });

  it("distinguishes escaped quotation marks from the end of a string", () => {
    assert.deepEqual(renderJson('{"a": "\\"{{payload.note}}\\\\"}', event), {
      a: '"he said "no"\nand left\\',
    });
  });

  it("rejects a template that does not produce a JSON object", () => {
    for (const template of ["{{payload.type}}", "[", "5", "null"]) {
      assert.throws(() => renderJson(template, event), { code: "CONFIG_INVALID" });
    }
  });
});
