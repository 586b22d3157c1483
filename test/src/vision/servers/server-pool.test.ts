import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { openTensorServers } from "../../../../src/vision/servers";
import type {
  InferenceServerSettings,
  ServersState,
  TensorServers,
} from "../../../../src/vision/servers/types";
import { KServeServer, type KServeOptions } from "../../../servers/inference/kserve-server";
import { fp32 } from "../../../servers/inference/wire-tensor";
import { until } from "../../../support/until";

const echo = {
  name: "echo",
  inputs: [{ name: "x", datatype: "FP32", shape: [1] }],
  outputs: [{ name: "y", datatype: "FP32", shape: [1] }],
  compute: ({ x }: Record<string, { bytes: Buffer }>) => ({ y: fp32([1], [x?.bytes.readFloatLE(0) ?? 0]) }),
};
const rhythm = { interval: 50, away: { first: 20, max: 50 }, busy: 20 };

const codeOf = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === "rejected" ? (result.reason as { code?: unknown }).code : undefined;

describe("a pool of inference servers", () => {
  const closing: (() => Promise<void>)[] = [];

  async function serve(options: Partial<KServeOptions> = {}): Promise<KServeServer> {
    const server = await KServeServer.start({ model: echo, ...options });
    closing.push(() => server.close());
    return server;
  }

  function open(
    servers: readonly KServeServer[],
    settings: Partial<InferenceServerSettings> = {},
    watcher?: (state: ServersState) => void,
  ): TensorServers {
    const urls = servers.map(({ url }) => url);
    const pool = openTensorServers({ urls, model: "echo", timeout: 2, ...settings }, watcher, rhythm);
    closing.push(() => pool.close());
    return pool;
  }

  async function ask(pool: TensorServers, x: number, lane?: string): Promise<number | undefined> {
    const { value } = await pool.infer(
      { x: { type: "float32", dims: [1], data: Float32Array.of(x) } },
      { lane },
    );
    return value[0]?.data[0];
  }

  async function allReady(pool: TensorServers): Promise<void> {
    await until(() => pool.state.ready === pool.state.servers);
  }

  const counts = (servers: readonly KServeServer[]): number[] => servers.map(({ inferences }) => inferences);

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it("waits for the first ready server", async () => {
    const pool = open([await serve()]);
    assert.equal(await ask(pool, 3), 3);
    assert.equal((await pool.model()).name, "echo");
  });

  it("gives each server no more requests than its slots", async () => {
    const servers = [await serve({ serviceMs: 20, slots: 9 }), await serve({ serviceMs: 20, slots: 9 })];
    const pool = open(servers, { inFlight: 2 });
    await allReady(pool);
    assert.equal(pool.slots, 4);
    await Promise.all(Array.from({ length: 12 }, (_, index) => ask(pool, index)));
    assert.deepEqual(
      servers.map(({ mostAtOnce }) => mostAtOnce),
      [2, 2],
    );
  });

  it("gives a slow server less work", async () => {
    const servers = [await serve({ serviceMs: 80 }), await serve({ serviceMs: 5 })];
    const pool = open(servers);
    await allReady(pool);
    for (let index = 0; index < 10; index += 1) await ask(pool, index);
    assert.deepEqual(counts(servers), [1, 9]);
  });

  it("serves the cameras in turn", async () => {
    const servers = [await serve({ serviceMs: 5 })];
    const pool = open(servers);
    await allReady(pool);
    const order: string[] = [];
    const work = ["a", "a", "a", "a", "b", "c"].map(async (lane) => {
      await ask(pool, 1, lane);
      order.push(lane);
    });
    await Promise.all(work);
    assert.equal(order.join(""), "aabcaa");
  });

  it("refuses images of a camera when too many wait", async () => {
    const pool = open([await serve({ serviceMs: 30 })]);
    await allReady(pool);
    const work = Array.from({ length: 18 }, () => ask(pool, 1, "door"));
    await assert.rejects(Promise.all(work), { code: "QUEUE_FULL" });
    assert.equal(await ask(pool, 5, "yard"), 5);
  });

  for (const fault of ["die", "garbage", "page", "busy"] as const) {
    it(`gives the work to another server when one fails with the fault ${fault}`, async () => {
      const servers = [await serve(), await serve()];
      const pool = open(servers);
      await allReady(pool);
      const [faulty] = servers;
      if (faulty !== undefined) faulty.fault = fault;
      for (let index = 0; index < 5; index += 1) assert.equal(await ask(pool, index), index);
    });
  }

  it("gives the work to another server when one dies in mid-request", async () => {
    const servers = [await serve({ serviceMs: 100 }), await serve({ serviceMs: 100 })];
    const pool = open(servers);
    await allReady(pool);
    const work = Promise.all([ask(pool, 1), ask(pool, 2)]);
    await until(() => servers.every(({ inferences }) => inferences === 1));
    await servers[0]?.close();
    assert.deepEqual(await work, [1, 2]);
  });

  for (const fault of ["hang", "drip", "dead-worker"] as const) {
    it(`answers within the deadline when one server's fault is ${fault}`, async () => {
      const servers = [await serve(), await serve()];
      const pool = open(servers, { timeout: 0.6 });
      await allReady(pool);
      const [faulty] = servers;
      if (faulty !== undefined) faulty.fault = fault;
      for (let index = 0; index < 4; index += 1) assert.equal(await ask(pool, index), index);
    });
  }

  it("uses a server less and less whose worker hangs although its health is fine", async () => {
    const servers = [await serve(), await serve()];
    const pool = open(servers, { timeout: 0.4 });
    await allReady(pool);
    const [faulty] = servers;
    if (faulty !== undefined) faulty.fault = "dead-worker";
    for (let index = 0; index < 40; index += 1) await ask(pool, index);
    assert.ok((faulty?.inferences ?? 0) <= 3, `${faulty?.inferences ?? 0} requests`);
  });

  it("repeats once only", async () => {
    const servers = [await serve(), await serve(), await serve()];
    const pool = open(servers);
    await allReady(pool);
    for (const server of servers) server.fault = "garbage";
    await assert.rejects(ask(pool, 1), { code: "INFERENCE_REPLY" });
    assert.equal(
      counts(servers).reduce((all, count) => all + count),
      2,
    );
  });

  it("does not repeat what the server refuses", async () => {
    const servers = [await serve(), await serve()];
    const pool = open(servers);
    await pool.model();
    await allReady(pool);
    const wrong = { x: { type: "float32", dims: [2], data: Float32Array.of(1, 2) } };
    await assert.rejects(pool.infer(wrong), { code: "INFERENCE_REFUSED", statusCode: 400 });
    const posts = servers.flatMap(({ requests }) => requests.filter((request) => request.startsWith("POST")));
    // Both forms on one server.
    assert.equal(posts.length, 2);
    assert.equal(pool.state.ready, 2);
  });

  it("repeats on the same server when there is no other", async () => {
    const server = await serve();
    const pool = open([server]);
    await allReady(pool);
    server.fault = "busy";
    const work = ask(pool, 4);
    await until(() => server.inferences === 1);
    server.fault = undefined;
    assert.equal(await work, 4);
  });

  it("reports that all are away, fails at once, and reports when one is back", async () => {
    const server = await serve();
    const states: string[] = [];
    const pool = open([server], {}, ({ ready, servers }) => states.push(`${ready} of ${servers}`));
    await allReady(pool);
    const { port } = server;
    await server.close();
    await assert.rejects(ask(pool, 1), { code: "INFERENCE_UNAVAILABLE", message: /CONNECTION|ECONNREFUSED/ });
    await assert.rejects(ask(pool, 1), { code: "INFERENCE_UNAVAILABLE" });
    await assert.rejects(pool.model(), { code: "INFERENCE_UNAVAILABLE" });
    assert.equal(pool.state.errors[0]?.code, "CONNECTION_REFUSED");
    await server.listen(port);
    await allReady(pool);
    assert.equal(await ask(pool, 6), 6);
    assert.equal(states.at(0), "0 of 1");
    assert.equal(states.at(-1), "1 of 1");
  });

  it("reports a server that dies between two images", async () => {
    const servers = [await serve(), await serve()];
    const pool = open(servers);
    await allReady(pool);
    await servers[0]?.close();
    await until(() => pool.state.ready === 1);
    assert.match(pool.state.errors[0]?.message ?? "", /Check host, port/);
  });

  it("says that the model is missing if all servers say so", async () => {
    const pool = open([await serve(), await serve()], { model: "other" });
    await assert.rejects(pool.model(), { code: "INFERENCE_MODEL" });
    await assert.rejects(ask(pool, 1), { code: "INFERENCE_MODEL" });
  });

  it("excludes a server whose model has another shape", async () => {
    const other = { ...echo, inputs: [{ name: "x", datatype: "FP32", shape: [2] }] };
    const pool = open([await serve(), await serve({ model: other })]);
    await until(() => pool.state.errors.length === 1);
    assert.equal(pool.state.ready, 1);
    assert.equal(pool.state.errors[0]?.code, "INFERENCE_MODEL");
  });

  it("gives up when no server is free within the deadline", async () => {
    const server = await serve({ serviceMs: 150 });
    const pool = open([server], { timeout: 0.2 });
    await allReady(pool);
    const [first, second] = await Promise.allSettled([ask(pool, 1), ask(pool, 2)]);
    assert.equal(first.status, "fulfilled");
    assert.equal(codeOf(second), "TIMEOUT");
  });

  it("cancels a request with its signal", async () => {
    const server = await serve({ serviceMs: 500 });
    const pool = open([server]);
    await allReady(pool);
    const cancel = new AbortController();
    const x = { type: "float32", dims: [1], data: Float32Array.of(1) };
    const work = pool.infer({ x }, { signal: cancel.signal });
    await until(() => server.inferences === 1);
    cancel.abort();
    await assert.rejects(work, { code: "CLOSED" });
    assert.equal(pool.state.ready, 1);
  });

  it("ends everything when it is closed", async () => {
    const server = await serve({ serviceMs: 500 });
    const pool = open([server]);
    await allReady(pool);
    const work = Promise.allSettled([ask(pool, 1), ask(pool, 2)]);
    await until(() => server.inferences === 1);
    await pool.close();
    for (const result of await work) assert.equal(codeOf(result), "CLOSED");
    await assert.rejects(ask(pool, 1), { code: "CLOSED" });
    await assert.rejects(pool.model(), { code: "CLOSED" });
  });

  const invalid: Partial<InferenceServerSettings>[] = [
    { urls: [] },
    { urls: ["http://a", "http://a"] },
    { inFlight: 0 },
    { timeout: 0 },
    { model: "" },
  ];
  for (const settings of invalid) {
    it(`refuses ${JSON.stringify(settings)}`, () => {
      const given = { urls: ["http://127.0.0.1:9"], model: "echo", ...settings };
      assert.throws(() => openTensorServers(given), { code: "CONFIG_INVALID" });
    });
  }
});
