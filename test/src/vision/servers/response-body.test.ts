import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MAX_RESPONSE_BYTES, ResponseBody } from "../../../../src/vision/servers/response-body";

describe("the body of a server's response", () => {
  it("collects chunks, with and without a length", () => {
    for (const headers of [{ "content-length": "5" }, {}, { "content-length": "nonsense" }]) {
      const body = new ResponseBody(headers);
      assert.ok(body.add(Buffer.from("hel")));
      assert.ok(body.add(Buffer.from("lo")));
      assert.equal(body.whole.toString(), "hello");
    }
  });

  it("has only the bytes that came, not what was in the memory before", () => {
    const body = new ResponseBody({ "content-length": "100" });
    body.add(Buffer.from("short"));
    assert.equal(body.whole.toString(), "short");
  });

  it("starts the tensors where typed arrays can start", () => {
    for (const head of [0, 1, 7, 8, 153]) {
      const headers = { "content-length": String(head + 8), "inference-header-content-length": String(head) };
      const body = new ResponseBody(headers);
      body.add(Buffer.alloc(head + 8));
      assert.equal((body.whole.byteOffset + head) % 8, 0);
    }
  });

  it("refuses more than it announced, and more than the limit", () => {
    assert.equal(new ResponseBody({ "content-length": "2" }).add(Buffer.from("abc")), false);
    const body = new ResponseBody({ "content-length": String(MAX_RESPONSE_BYTES + 1) });
    const chunk = Buffer.alloc(MAX_RESPONSE_BYTES / 2);
    assert.ok(body.add(chunk) && body.add(chunk));
    assert.equal(body.add(Buffer.of(1)), false);
  });
});
