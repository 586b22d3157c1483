import assert from "node:assert/strict";
import { SurveillanceError } from "../../src/core/errors";
import { findOperation } from "../../src/hcp/catalogue";
import { checkRequest, type RequestCheckOptions } from "../../src/hcp/request/request-check";

/** Checks a body against the operation with this catalogue id. */
export function check(id: string, body: unknown, options?: RequestCheckOptions): Record<string, unknown> {
  const operation = findOperation(id);
  assert.ok(operation, `no operation ${id}`);
  return checkRequest(operation, body, options);
}

/** Asserts that the check rejects a body with a message that contains all these texts. */
export function refused(id: string, body: unknown, ...parts: string[]): void {
  assert.throws(
    () => check(id, body),
    (error: unknown) => {
      assert.ok(error instanceof SurveillanceError);
      assert.equal(error.code, "HCP_PARAMETER_INVALID");
      assert.ok(error.message.startsWith(`${id}: `), error.message);
      for (const part of parts) assert.ok(error.message.includes(part), `"${part}" in: ${error.message}`);
      return true;
    },
  );
}
