import assert from "node:assert/strict";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpClient } from "../../src/hcp/request/client";

export const keys = { appKey: "21000002", appSecret: "client-test-secret" };
export const version = "/artemis/api/common/v1/version";

/** Returns the error of a request by a client, after a check that it does not contain its keys. */
export async function failure(client: HcpClient): Promise<SurveillanceError> {
  try {
    await client.request(version);
  } catch (error) {
    assert.ok(error instanceof SurveillanceError, String(error));
    const everything = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join();
    assert.ok(!everything.includes(keys.appSecret), "the error holds the app secret");
    assert.ok(!everything.includes(keys.appKey), "the error holds the app key");
    return error;
  }
  assert.fail("the request succeeded");
}
