import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  customOperation,
  operationOf,
  operationRequest,
} from "../../../../src/hcp/request/operation-request";

describe("a request to an operation", () => {
  it("is checked, and the error names the wrong parameter", () => {
    assert.throws(() => operationRequest(operationOf("video/presets/addition"), { presetIndex: 300 }), {
      code: "HCP_PARAMETER_INVALID",
      message:
        /cameraIndexCode is missing.*presetName is missing.*presetIndex must be a number from 1 to 256/,
    });
  });

  it("has the operation's path, times in the platform's format, and unknown fields", () => {
    const operation = operationOf("video/cameras/playbackURLs");
    const { path, body } = operationRequest(operation, {
      cameraIndexCode: "31",
      recordType: "0",
      beginTime: "2024-03-01T08:00:00Z",
      endTime: "2024-03-01T09:00:00Z",
      later: { version: 3 },
    });
    assert.equal(path, "/api/video/v1/cameras/playbackURLs");
    assert.deepEqual(body, {
      cameraIndexCode: "31",
      recordType: "0",
      beginTime: "2024-03-01T08:00:00+00:00",
      endTime: "2024-03-01T09:00:00+00:00",
      later: { version: 3 },
    });
  });

  it("moves header parameters from the body to the headers", () => {
    const given = { cameraIndexCode: "31", domainId: 7, userId: "guard" };
    const { body, headers } = operationRequest(operationOf("video/cameras/previewURLs"), given);
    assert.deepEqual(body, { cameraIndexCode: "31" });
    assert.deepEqual(headers, { domainId: "7", userId: "guard" });
    assert.equal(given.domainId, 7);
  });

  it("prefers given headers to those in the body", () => {
    const operation = operationOf("video/cameras/previewURLs");
    const body = { cameraIndexCode: "31", userId: "in-the-body" };
    assert.equal(operationRequest(operation, body, { headers: { userId: "own" } }).headers.userId, "own");
  });

  it("is rejected for an unknown operation", () => {
    assert.throws(() => operationOf("video/v1/nothing"), {
      code: "CONFIG_INVALID",
      message: /video\/v1\/nothing/,
    });
  });
});

describe("an operation by its path alone", () => {
  it("accepts any body", () => {
    const operation = customOperation("/api/video/v1/presets/addition");
    assert.deepEqual(operationRequest(operation, { presetIndex: 999 }).body, { presetIndex: 999 });
  });

  it("has the paging of the catalogue's operation, with and without the context path", () => {
    for (const path of [
      "/api/vehicle/v1/parkingspace/record",
      "/artemis/api/vehicle/v1/parkingspace/record?x=1",
    ]) {
      assert.equal(customOperation(path).paging?.pageNo, "pageIndex");
    }
    assert.equal(customOperation("/api/common/v1/version").paging, undefined);
  });

  it("has the default paging for an unknown path", () => {
    assert.equal(customOperation("/api/later/v3/things").paging?.list, "list");
  });
});
