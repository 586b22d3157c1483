import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import hcpRequest from "../../nodes/hcp-request/runtime";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { wireHcpNode } from "../support/hcp-node";
import { assertNoSecrets, statusesOf } from "../support/node-output";
import { loopbackTls } from "../support/loopback-tls";
import type { Surroundings, WiredNode } from "../support/wired-node";

type RequestResult = NodeMessage & { hcp: object; mimeType?: string };

const credentials = { appKey: "21000005", appSecret: "request-node-secret" };
const version = "/artemis/api/common/v1/version";
const tlsConfig = createRequire(__filename)("@node-red/nodes/core/network/05-tls") as NodeInitializer;

describe("the hcp-request node", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const wire = (
    config: object = {},
    server: object = {},
    secrets: object = credentials,
    more: Surroundings = {},
  ): Promise<WiredNode<RequestResult>> =>
    wireHcpNode(
      hcpRequest,
      { type: "hcp-request", ...config },
      { url: gateway.url, ...server },
      secrets,
      more,
    );
  const bodies = (): unknown[] => gateway.requests.map(({ body }) => JSON.parse(body) as unknown);

  it("puts data into the payload and the rest into msg.hcp, and keeps other properties", async () => {
    const { handle, received } = await wire({ path: version });
    assert.equal(await handle({ payload: {}, topic: "kept", other: 5 }), undefined);
    const [msg] = received;
    assert.ok(msg);
    const { hcp, payload } = msg as RequestResult & { hcp: { durationMs: number } };
    assert.deepEqual(payload, { produceName: "HikCentral Professional", softVersion: "V2.2.2.0" });
    assert.deepEqual(
      { ...hcp, durationMs: 0 },
      { code: "0", msg: "Success", path: version, pages: 1, durationMs: 0 },
    );
    assert.deepEqual([msg.topic, (msg as { other?: number }).other], ["kept", 5]);
  });

  it("uses path, body and user of the message", async () => {
    const { handle } = await wire({ path: "/api/none" });
    await handle({ path: "/api/common/v1/version", payload: { a: 1 }, userId: "guard" });
    await handle({ path: "/api/common/v1/version", payload: '{"b":2}' });
    await handle({ path: "/api/common/v1/version" });
    assert.deepEqual(bodies(), [{ a: 1 }, { b: 2 }, {}]);
    assert.deepEqual(
      gateway.requests.map(({ path, headers }) => [path, headers.userid]),
      [
        [version, "guard"],
        [version, undefined],
        [version, undefined],
      ],
    );
  });

  it("prefers its own body to the payload", async () => {
    const json = await wire({ path: version, body: '{"own": true}', bodyType: "json" });
    await json.handle({ payload: { ignored: 1 } });
    await helper.unload();
    const jsonata = await wire({ path: version, body: '{"n": payload.a + 1}', bodyType: "jsonata" });
    await jsonata.handle({ payload: { a: 1 } });
    await helper.unload();
    const msg = await wire({ path: version, body: "query", bodyType: "msg" });
    await msg.handle({ payload: 1, query: { q: 1 } });
    assert.deepEqual(bodies(), [{ own: true }, { n: 2 }, { q: 1 }]);
  });

  it("returns images as a Buffer with their type", async () => {
    const { handle, received } = await wire({ path: "/api/eventService/v1/image_data" });
    await handle({ payload: { picUri: "/pic?=1" } });
    assert.ok(Buffer.isBuffer(received[0]?.payload));
    assert.equal(received[0].mimeType, "image/jpeg");
  });

  it("rejects a body that is not an object, and a message without a path", async () => {
    const { handle } = await wire();
    assert.equal((await handle({ payload: {} }))?.code, "CONFIG_INVALID");
    for (const payload of [5, [1], "text", Buffer.from("x")]) {
      assert.equal((await handle({ path: version, payload }))?.code, "CONFIG_INVALID");
    }
    assert.equal(gateway.requests.length, 0);
  });

  it("sends errors to Catch nodes with their code, and shows them", async () => {
    const { node, handle, received } = await wire({ path: version });
    gateway.fail({ code: "0x00072001", msg: "pageNo is required" });
    const error = await handle({});
    assert.equal(error?.code, "HCP_PARAMETER");
    assert.match(error.message, /0x00072001.*pageNo is required/);
    assert.deepEqual(error.source, { ...error.source, id: "subject", type: "hcp-request" });
    assert.equal(statusesOf(node).at(-1), "status.error.HCP_PARAMETER");
    assert.equal(received.length, 0);
  });

  it("shows no keys or secrets", async () => {
    const secret = "not-the-right-secret";
    const { node, handle } = await wire({ path: version }, {}, { ...credentials, appSecret: secret });
    assert.equal((await handle({}))?.code, "HCP_SIGNATURE");
    assertNoSecrets(node, [secret, credentials.appSecret, credentials.appKey]);
  });

  it("works with settings from the environment", async () => {
    process.env.HCP_TEST_URL = gateway.url;
    process.env.HCP_TEST_TIMEOUT = "5";
    const { handle } = await wire(
      { path: version },
      { url: "${HCP_TEST_URL}", timeout: "${HCP_TEST_TIMEOUT}" },
    );
    assert.equal(await handle({}), undefined);
    delete process.env.HCP_TEST_URL;
    delete process.env.HCP_TEST_TIMEOUT;
  });

  it("reports wrong server settings instead of starting", async () => {
    for (const [server, secrets] of [
      [{ url: "10.0.0.5" }, credentials],
      [{}, {}],
      [{ timeout: "soon" }, credentials],
      [{ tls: "nothing" }, credentials],
    ] as const) {
      const { node, handle } = await wire({ path: version }, server, secrets);
      assert.equal((await handle({}))?.code, "CONFIG_INVALID");
      assert.equal(statusesOf(node).at(-1), "status.error.CONFIG_INVALID");
      await helper.unload();
    }
  });

  it("trusts only the authority of Node-RED's TLS configuration by default", async () => {
    const secure = await startHcpGateway({ ...credentials, tls: loopbackTls });
    const tls = (more: object): Surroundings => ({
      initializers: [tlsConfig],
      nodes: [{ id: "tls", type: "tls-config", cert: "", key: "", ca: "", ...more }],
      credentials: { tls: { cadata: loopbackTls.cert } },
    });
    for (const [server, more, code] of [
      [{}, {}, "TLS_FAILED"],
      [{ tls: "tls" }, tls({ verifyservercert: true }), undefined],
      [{ verifyTls: false }, {}, undefined],
      [{ verifyTls: "false" }, {}, undefined],
    ] as const) {
      const { handle } = await wire({ path: version }, { url: secure.url, ...server }, credentials, more);
      assert.equal((await handle({}))?.code, code);
      await helper.unload();
    }
    await secure.close();
  });

  it("cancels pending requests when it is closed", async () => {
    const { node } = await wire({ path: version });
    gateway.fail("hang");
    node.receive({ payload: {} });
    await once(gateway, "request");
    const hungUp = once(gateway, "hungUp");
    await helper.clearFlows();
    await hungUp;
  });
});
