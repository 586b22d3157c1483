import assert from "node:assert/strict";
import { SurveillanceError, toError, type ErrorCode } from "../../../src/core/errors";

describe("SurveillanceError", () => {
  it("has its code as an own property, which Node-RED copies for the Catch node", () => {
    assert.ok(Object.hasOwn(new SurveillanceError("CONFIG_INVALID", "No."), "code"));
  });

  it("ends its message with the advice", () => {
    const error = new SurveillanceError("CONFIG_INVALID", "The port is missing.", { advice: "Enter one." });
    assert.equal(error.message, "The port is missing. Enter one.");
  });

  it("keeps its cause", () => {
    const cause = new Error("underneath");
    assert.equal(new SurveillanceError("CLOSED", "Closed.", { cause }).cause, cause);
  });

  it("keeps only fields of a cause that JSON can express", () => {
    const certificate: Record<string, unknown> = { subject: "x" };
    certificate.issuerCertificate = certificate;
    const cause = Object.assign(new RangeError("bad name"), {
      ...{ code: "ERR_TLS_CERT_ALTNAME_INVALID", cert: certificate, serial: 5n },
    });
    const kept = new SurveillanceError("TLS_FAILED", "Failed.", { cause }).cause as Error;
    assert.equal(JSON.stringify(kept), '{"code":"ERR_TLS_CERT_ALTNAME_INVALID"}');
    assert.deepEqual([kept.name, kept.message, kept.stack], ["RangeError", "bad name", cause.stack]);
  });
});

describe("SurveillanceError.retry", () => {
  const retryOf = (code: ErrorCode): string => new SurveillanceError(code, "No.").retry;

  it("is credentials if another attempt may lock the account", () => {
    for (const code of ["ISAPI_AUTH", "ISAPI_LOCKED", "RTSP_UNAUTHORIZED"] as const)
      assert.equal(retryOf(code), "credentials");
  });

  it("is later if the device must be changed first", () => {
    for (const code of ["ISAPI_AUTH_SCHEME", "ISAPI_NOT_FOUND"] as const)
      assert.equal(retryOf(code), "later");
  });

  it("is soon for all other codes", () => {
    for (const code of ["TIMEOUT", "CONNECTION_LOST", "ISAPI_BUSY", "RTSP_FAILED"] as const)
      assert.equal(retryOf(code), "soon");
  });

  it("is not among the fields that Node-RED copies for the Catch node", () => {
    assert.ok(!Object.keys(new SurveillanceError("TIMEOUT", "Late.")).includes("retry"));
  });
});

describe("the message of a SurveillanceError", () => {
  it("has no control characters, so that a sender's text cannot forge a line of the log or control a terminal", () => {
    const { message } = new SurveillanceError(
      "TIMEOUT",
      "from \u001b[2J\u001b]0;x\u0007\r\n22 Nov - [info] fake\u009b1m",
      {
        details: "a\nb\u202e",
      },
    );
    assert.equal(message, "from  [2J ]0;x   22 Nov - [info] fake 1m a b ");
  });

  it("is never longer than a page, whatever a sender puts into it", () => {
    const { message } = new SurveillanceError("TIMEOUT", `begins ${"x".repeat(5_000_000)} ends`);
    assert.ok(message.length <= 4100, String(message.length));
    assert.equal(message, "begins …");
  });
});

describe("toError", () => {
  it("returns an error unchanged", () => {
    const error = new Error("as it is");
    assert.equal(toError(error), error);
  });

  it("converts any other thrown value to an error", () => {
    assert.equal(toError("just text").message, "just text");
  });
});
