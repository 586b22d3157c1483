import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { openImageServers } from "../../../../src/vision/servers";
import type { ImageServers } from "../../../../src/vision/servers/types";
import { DeepStackServer, type DeepStackOptions } from "../../../servers/inference/deepstack-server";
import { until } from "../../../support/until";

const rhythm = { interval: 50, away: { first: 20, max: 50 }, busy: 20 };
const image = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
const car = { label: "car", confidence: 0.83, x_min: 41, y_min: 60, x_max: 188, y_max: 141 };

describe("a pool of servers of DeepStack's dialect", () => {
  const closing: (() => Promise<void>)[] = [];

  async function serve(options: DeepStackOptions = {}): Promise<DeepStackServer> {
    const server = await DeepStackServer.start({ detect: () => [car], ...options });
    closing.push(() => server.close());
    return server;
  }

  function open(servers: readonly DeepStackServer[]): ImageServers {
    const urls = servers.map(({ url }) => url);
    const pool = openImageServers({ urls, model: "", timeout: 1 }, undefined, rhythm);
    closing.push(() => pool.close());
    return pool;
  }

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it("names the server that has answered", async () => {
    const server = await serve();
    const { value, server: url } = await open([server]).detect(image, { confidence: 0.4 });
    assert.deepEqual(value, [{ label: "car", score: 0.83, box: { x: 41, y: 60, width: 147, height: 81 } }]);
    assert.equal(url, server.url);
  });

  it("gives the image to another server when one dies or hangs", async () => {
    const servers = [await serve(), await serve()];
    const pool = open(servers);
    await until(() => pool.state.ready === 2);
    const [first, second] = servers;
    if (first !== undefined) first.fault = "hang";
    for (let count = 0; count < 3; count += 1)
      assert.equal((await pool.detect(image, { confidence: 0.4 })).server, second?.url);
    await first?.close();
    assert.equal((await pool.detect(image, { confidence: 0.4 })).server, second?.url);
  });

  it("does not repeat an image that the server cannot read", async () => {
    const servers = [await serve(), await serve()];
    const pool = open(servers);
    await until(() => pool.state.ready === 2);
    const running = pool.detect(Buffer.from("no image"), { confidence: 0.4 });
    await assert.rejects(running, { code: "INFERENCE_REFUSED", message: /No valid image/ });
    // The checks send images that it can read.
    const refused = servers.map(({ requests, inferences }) => requests.length - inferences);
    assert.deepEqual(refused.toSorted(), [0, 1]);
    assert.equal(pool.state.ready, 2);
  });
});
