import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HcpClient } from "../../../../src/hcp/request/client";
import type { ConnectionReport } from "../../../../src/hcp/diagnosis/reports";
import { testConnection } from "../../../../src/hcp/diagnosis/connection-test";
import { startHcpGateway, type HcpGateway } from "../../../servers/hcp-gateway";

const keys = { appKey: "21000052", appSecret: "connection-test-secret" };
const MINUTE = 60_000;

describe("the test of a connection", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(keys);
  });
  afterEach(async () => {
    await gateway.close();
  });

  async function test(appSecret = keys.appSecret): Promise<ConnectionReport> {
    const client = new HcpClient({ url: gateway.url, ...keys, appSecret });
    try {
      return await testConnection(client);
    } finally {
      await client.close();
    }
  }

  it("reports the clock instead of the key from five minutes on", async () => {
    gateway.clockSkewMs = -20 * MINUTE;
    const report = await test();
    assert.ok(!report.ok);
    assert.deepEqual([report.problem, report.code], ["clock", "HCP_AUTH"]);
    assert.match(report.message, /clock is 20 min ahead of the server's/);
  });

  it("reports the signature when the clocks are closer", async () => {
    gateway.clockSkewMs = 4 * MINUTE;
    const report = await test("another-secret");
    assert.ok(!report.ok);
    assert.equal(report.problem, "signature");
  });
});
