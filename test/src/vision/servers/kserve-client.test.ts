import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { SurveillanceError } from "../../../../src/core/errors";
import { KServeClient } from "../../../../src/vision/servers/kserve/client";
import { InferRequest } from "../../../../src/vision/servers/kserve/request";
import type { HttpSettings } from "../../../../src/vision/servers/server-http";
import { KServeServer, type KServeOptions, type Profile } from "../../../servers/inference/kserve-server";
import { fp32 } from "../../../servers/inference/wire-tensor";
import { loopbackTls } from "../../../support/loopback-tls";

const doubling = {
  name: "door cams/v1",
  versions: ["1", "3"],
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
  outputs: [
    { name: "y", datatype: "FP32", shape: [-1, 2] },
    { name: "z", datatype: "FP32", shape: [1] },
  ],
  compute: ({ x }: Record<string, { bytes: Buffer }>) => ({
    y: fp32([1, 2], [2 * (x?.bytes.readFloatLE(0) ?? 0), 2 * (x?.bytes.readFloatLE(4) ?? 0)]),
    z: fp32([1], [7]),
  }),
};
const request = new InferRequest({ x: { type: "float32", dims: [1, 2], data: Float32Array.of(1.5, -2) } }, [
  "y",
  "z",
]);

describe("a client of the Open Inference Protocol", () => {
  const closing: (() => Promise<void>)[] = [];
  const signal = (): AbortSignal => AbortSignal.timeout(5000);

  async function serve(options: Partial<KServeOptions> = {}): Promise<KServeServer> {
    const server = await KServeServer.start({ model: doubling, ...options });
    closing.push(() => server.close());
    return server;
  }

  function connect(
    url: string,
    settings: Partial<HttpSettings> = {},
    model = doubling.name,
    version = "",
  ): KServeClient {
    const client = new KServeClient(url, model, version, {
      connections: 2,
      connectTimeout: 2000,
      ...settings,
    });
    closing.push(() => client.close());
    return client;
  }

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const profiles: Profile[] = ["triton", "openvino", "mlserver"];
  for (const profile of profiles) {
    it(`checks and runs a model on ${profile}`, async () => {
      const server = await serve({ profile });
      const client = connect(server.url);
      await client.check(signal());
      assert.deepEqual(client.model, {
        name: doubling.name,
        inputs: [{ name: "x", type: "float32", shape: ["any", 2] }],
        outputs: [
          { name: "y", type: "float32", shape: ["any", 2] },
          { name: "z", type: "float32", shape: [1] },
        ],
      });
      const outputs = await client.run(request, signal());
      assert.deepEqual(
        outputs.map(({ name, dims, data }) => [name, dims, [...data]]),
        [
          ["y", [1, 2], [3, -4]],
          ["z", [1], [7]],
        ],
      );
    });

    it(`names a missing model of ${profile}`, async () => {
      const server = await serve({ profile });
      const client = connect(server.url, {}, "other");
      await assert.rejects(client.check(signal()), { code: "INFERENCE_MODEL", message: /the model other/ });
    });

    it(`waits for ${profile} to be ready`, async () => {
      const server = await serve({ profile });
      server.ready = false;
      await assert.rejects(connect(server.url).check(signal()), { code: "INFERENCE_UNAVAILABLE" });
    });
  }

  for (const answers of ["mixed", "nested"] as const) {
    it(`reads ${answers} answers`, async () => {
      const server = await serve({ answers });
      const outputs = await connect(server.url).run(request, signal());
      assert.deepEqual(
        outputs.map(({ data }) => [...data]),
        [[3, -4], [7]],
      );
    });
  }

  it("tries binary tensors once on a server that has only JSON", async () => {
    const server = await serve({ profile: "mlserver" });
    const client = connect(server.url);
    await client.run(request, signal());
    await client.run(request, signal());
    assert.equal(server.requests.length, 3);
  });

  it("encodes the name and version of the model in the path", async () => {
    const server = await serve();
    await connect(`${server.url}/v2/`, {}, doubling.name, "3").run(request, signal());
    assert.deepEqual(server.requests, ["POST /v2/models/door%20cams%2Fv1/versions/3/infer"]);
  });

  it("lists the versions when the given one is missing", async () => {
    const server = await serve({ profile: "openvino" });
    const client = connect(server.url, {}, doubling.name, "2");
    await assert.rejects(client.check(signal()), {
      code: "INFERENCE_MODEL",
      message: /Its versions: 1, 3\./,
    });
  });

  it("reports the server's reason for a wrong shape", async () => {
    const server = await serve();
    const wrong = new InferRequest({ x: { type: "float32", dims: [1, 1], data: Float32Array.of(1) } }, []);
    await assert.rejects(connect(server.url).run(wrong, signal()), {
      code: "INFERENCE_REFUSED",
      statusCode: 400,
      message: /It says: unexpected shape \[1,1\] for input 'x'/,
    });
  });

  it("sends the token, and never shows it", async () => {
    const server = await serve({ token: "s3cret" });
    await connect(server.url, { token: "s3cret" }).run(request, signal());
    await assert.rejects(connect(server.url, { token: "wr0ng" }).check(signal()), (error: Error) => {
      assert.match(error.message, /Check the token/);
      assert.doesNotMatch(error.message, /wr0ng|s3cret/);
      return true;
    });
  });

  it("sends another Host for an ingress that chooses by it", async () => {
    const server = await serve();
    await connect(server.url, { host: "doors.cams.example.com" }).check(signal());
    assert.equal(server.lastHost, "doors.cams.example.com");
  });

  it("trusts a certificate of the given authority, or any if told so", async () => {
    const server = await serve({ tls: loopbackTls });
    await connect(server.url, { tls: { ca: loopbackTls.cert } }).check(signal());
    await connect(server.url, { verifyTls: false }).check(signal());
    await assert.rejects(connect(server.url).check(signal()), { code: "TLS_FAILED" });
  });

  const faults = {
    die: "CONNECTION_LOST",
    garbage: "INFERENCE_REPLY",
    page: "INFERENCE_UNAVAILABLE",
    busy: "INFERENCE_UNAVAILABLE",
  } as const;
  for (const [fault, code] of Object.entries(faults)) {
    it(`reports ${code} for the fault ${fault}`, async () => {
      const server = await serve();
      server.fault = fault as keyof typeof faults;
      await assert.rejects(connect(server.url).run(request, signal()), { code });
    });
  }

  it("says what the page of a proxy says", async () => {
    const server = await serve();
    server.fault = "page";
    await assert.rejects(connect(server.url).check(signal()), {
      message: /a proxy does not reach the server \(HTTP 502\)\..*It says: Bad Gateway/,
    });
  });

  for (const fault of ["hang", "drip"] as const) {
    it(`gives up with its signal when the server's fault is ${fault}`, async () => {
      const server = await serve();
      server.fault = fault;
      const giveUp = new AbortController();
      const running = connect(server.url).run(request, giveUp.signal);
      while (server.requests.length === 0) await new Promise(setImmediate);
      giveUp.abort(new SurveillanceError("TIMEOUT", "enough"));
      await assert.rejects(running, { code: "TIMEOUT", message: "enough" });
    });
  }

  const urls = ["gpu:8000", "ftp://gpu", "http://user:pass@gpu", "http://gpu/?x=1", ""];
  for (const url of urls) {
    it(`refuses the URL "${url}"`, () => {
      assert.throws(() => connect(url), { code: "CONFIG_INVALID" });
    });
  }
});
