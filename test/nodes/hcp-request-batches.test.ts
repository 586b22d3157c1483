import assert from "node:assert/strict";
import { once } from "node:events";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import hcpRequest from "../../nodes/hcp-request/runtime";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { wireHcpNode } from "../support/hcp-node";
import { statusesOf } from "../support/node-output";
import type { CaughtMessage, WiredNode } from "../support/wired-node";

const credentials = { appKey: "21000051", appSecret: "batch-test-secret" };
const version = "/api/common/v1/version";

describe("the hcp-request node with many messages at once", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const wire = (
    server: object = {},
    nodes: { id: string; type: string }[] = [],
  ): Promise<WiredNode<NodeMessage>> =>
    wireHcpNode(
      hcpRequest,
      { type: "hcp-request", path: version },
      { url: gateway.url, ...server },
      credentials,
      { nodes },
    );
  /** Resolves with the results of the next messages: the code of an error, or "done". */
  function outcomes(count: number): Promise<string[]> {
    const ended: string[] = [];
    return new Promise((resolve) => {
      helper.getNode("ended").on("input", (msg) => {
        ended.push((msg as Partial<CaughtMessage>).error?.code ?? "done");
        if (ended.length === count) resolve(ended);
      });
    });
  }

  it("sends 300 results for 300 messages, however long the last one waits", async () => {
    gateway.latencyMs = 20;
    const { node, received } = await wire({ timeout: "0.5" });
    const ended = outcomes(300);
    for (let n = 0; n < 300; n += 1) node.receive({ payload: { n } });
    assert.deepEqual(new Set(await ended), new Set(["done"]));
    assert.equal(received.length, 300);
    assert.equal(gateway.mostAtOnce, 8);
  });

  it("sends as many requests at a time as the server's settings allow", async () => {
    gateway.latencyMs = 5;
    const { node } = await wire({ concurrency: "3" });
    const ended = outcomes(12);
    for (let n = 0; n < 12; n += 1) node.receive({ payload: {} });
    await ended;
    assert.equal(gateway.mostAtOnce, 3);
  });

  it("rejects messages beyond the queue limit, each with an error", async () => {
    gateway.latencyMs = 10;
    const { node } = await wire({ concurrency: "2", pending: "5" });
    const ended = outcomes(10);
    for (let n = 0; n < 10; n += 1) node.receive({ payload: {} });
    const all = await ended;
    assert.equal(all.filter((each) => each === "QUEUE_FULL").length, 3);
    assert.equal(all.filter((each) => each === "done").length, 7);
  });

  it("shows the number of sent requests, then the last response", async () => {
    gateway.latencyMs = 5;
    const { node } = await wire();
    const ended = outcomes(40);
    for (let n = 0; n < 40; n += 1) node.receive({ payload: {} });
    await ended;
    assert.ok(statusesOf(node).includes("status.sent"));
    assert.equal(statusesOf(node).at(-1), "status.answered");
  });

  it("lets another node's single request pass a long queue", async () => {
    gateway.latencyMs = 20;
    const { node } = await wire({ concurrency: "1" }, [
      { ...{ id: "other", z: "tab", type: "hcp-request", server: "server" }, path: version } as never,
    ]);
    for (let n = 0; n < 100; n += 1) node.receive({ payload: { n } });
    await once(gateway, "request");
    helper.getNode("other").receive({ payload: { other: true } });
    while (!gateway.requests.some(({ body }) => body.includes("other"))) await once(gateway, "request");
    assert.ok(gateway.requests.length <= 4, `${gateway.requests.length} went before`);
  });

  it("ends waiting and sent messages when closed, each once", async () => {
    gateway.fail("hang", 8);
    const { node } = await wire();
    const ended: unknown[] = [];
    const caught = outcomes(50);
    helper.getNode("ended").on("input", (msg) => ended.push(msg));
    for (let n = 0; n < 50; n += 1) node.receive({ payload: {} });
    while (gateway.requests.length < 8) await once(gateway, "request");
    await (node as unknown as { close(removed: boolean): Promise<void> }).close(false);
    assert.deepEqual(new Set(await caught), new Set(["CLOSED"]));
    assert.equal(ended.length, 50);
    assert.equal(gateway.requests.length, 8, "waiting messages were never sent");
  });
});
