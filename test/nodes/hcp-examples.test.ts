import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { operationOf, operationRequest } from "../../src/hcp/request/operation-request";

const folder = path.resolve(__dirname, "../../examples");

interface ExampleNode {
  id: string;
  type: string;
  name?: string;
  operation?: string;
  body?: string;
  bodyType?: string;
  payload?: string;
  payloadType?: string;
  wires?: string[][];
}

describe("the requests in the examples", () => {
  for (const file of readdirSync(folder)) {
    const nodes = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as ExampleNode[];
    for (const node of nodes) {
      if (node.type !== "hcp-request" || node.operation === undefined || node.operation === "custom")
        continue;
      const operation = operationOf(node.operation);
      const own = node.bodyType === "json" ? [node.body ?? ""] : [];
      const injected = nodes
        .filter(({ type, payloadType, wires }) => {
          return type === "inject" && payloadType === "json" && wires?.flat().includes(node.id);
        })
        .map(({ payload }) => payload ?? "");
      for (const body of node.bodyType === "msg" ? injected : own) {
        it(`${file}: ${node.name ?? node.id} conform to the guide`, () => {
          const paging = operation.paging === undefined ? {} : { pageNo: 1, pageSize: 500 };
          assert.ok(operationRequest(operation, { ...paging, ...(JSON.parse(body) as object) }));
        });
      }
    }
  }
});
