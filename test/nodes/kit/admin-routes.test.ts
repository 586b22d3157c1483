import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { serveServerHelpers } from "../../../nodes/hcp-config/admin";
import { serveOperations } from "../../../nodes/hcp-request/admin";

/** A stand-in for Node-RED's admin application that records the added routes. */
function adminApp(): { RED: NodeAPI; routes: Record<string, unknown> } {
  const routes: Record<string, unknown> = {};
  const add =
    (method: string) =>
    (path: string, guard: unknown): void => {
      routes[`${method} ${path}`] = guard;
    };
  const httpAdmin = Object.assign(() => undefined, { get: add("get"), post: add("post") });
  const auth = { needsPermission: (permission: string) => permission };
  return { RED: { httpAdmin, auth } as unknown as NodeAPI, routes };
}

describe("adminRoute", () => {
  it("requires write permission for every route that connects to another system", () => {
    const { RED, routes } = adminApp();
    serveOperations(RED);
    serveServerHelpers(RED);
    assert.deepEqual(routes, {
      "get /hcp-request/operations": "hcp-request.read",
      "post /hcp-config/test": "hcp-config.write",
      "post /hcp-config/resources": "hcp-config.write",
    });
  });

  it("adds no routes if the editor is switched off", () => {
    assert.doesNotThrow(() => {
      serveOperations({ httpAdmin: undefined } as unknown as NodeAPI);
    });
  });
});
