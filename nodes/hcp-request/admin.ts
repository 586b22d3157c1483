import type { NodeAPI } from "node-red";
import { operations } from "../../src/hcp/catalogue";
import { resourceOfParameter } from "../../src/hcp/request/resources";
import type { OperationList } from "../hcp/admin-data";
import { adminRoute } from "../kit/admin-routes";

/**
 * Serves the catalogue for the form. The dialog fetches it when it opens for the first time. As part of the node's
 * HTML, every editor would load its 200 KB at every start.
 */
export function serveOperations(RED: NodeAPI): void {
  const list: OperationList = {
    operations,
    pickers: Object.fromEntries(resourceOfParameter),
  };
  adminRoute(RED, {
    method: "get",
    path: "/hcp-request/operations",
    permission: "hcp-request.read",
    handler: () => Promise.resolve(list),
  });
}
