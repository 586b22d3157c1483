import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import inferenceServer from "../../nodes/inference-server/runtime";
import yoloDetect from "../../nodes/yolo-detect/runtime";
import type { Detection } from "../../src/media/frame";
import type { KServeServer } from "../servers/inference/kserve-server";
import { modelFolder } from "../support/model-folder";
import { errorsOf, lastStatusOf, untilShown, warningsOf, assertNoSecrets } from "../support/node-output";
import { startOnnxServer } from "../support/onnx-server";
import { colourDetector } from "../support/onnx-model";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Result extends NodeMessage {
  payload: Detection[];
  detection: Record<string, number | string>;
}

const token = "token-of-the-servers";

describe("the yolo-detect node on inference servers", function () {
  this.timeout(30_000);
  const folder = modelFolder();
  const model = folder.write("colours.onnx", colourDetector());
  const servers: KServeServer[] = [];
  const frame = { width: 64, height: 64, channels: 3, format: "rgb", camera: "gate" };
  const red = () => ({ payload: Buffer.alloc(64 * 64 * 3, Buffer.from([255, 0, 0])), frame });

  const serve = async (): Promise<KServeServer> => {
    const server = await startOnnxServer("colours", model, { token });
    servers.push(server);
    return server;
  };
  const wire = (urls: string, config: object = {}): Promise<WiredNode<Result>> =>
    wireNode(
      yoloDetect,
      { type: "yolo-detect", runsOn: "server", inferenceServer: "servers", ...config },
      {
        initializers: [inferenceServer],
        nodes: [{ id: "servers", type: "inference-server", urls, model: "colours", timeout: "1" }],
        credentials: { servers: { token } },
      },
    );
  const look = ({ node }: WiredNode<Result>): string[] => {
    const { fill, text } = lastStatusOf(node);
    return [fill, text];
  };

  afterEach(async () => {
    await helper.unload();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("adds the server to msg.detection, and shows how many are ready", async () => {
    const server = await serve();
    const wired = await wire(server.url, { labels: "red, green, blue" });
    await untilShown(wired.node, "status.servers");
    assert.deepEqual(look(wired), ["green", "status.servers"]);
    assert.equal(await wired.handle(red()), undefined);
    const { payload, detection } = wired.received[0] ?? {};
    assert.deepEqual(
      payload?.map(({ label, classId }) => [label, classId]),
      [["red", 0]],
    );
    assert.deepEqual([detection?.server, detection?.model], [server.url, "colours"]);
    assertNoSecrets(wired.node, [token]);
  });

  it("is yellow while one of two servers is away, and detects", async () => {
    const [staying, leaving] = [await serve(), await serve()];
    const wired = await wire(`${staying.url}, ${leaving.url}`);
    await untilShown(wired.node, "status.servers");
    await leaving.close();
    while (wired.received.at(-1)?.detection.server !== staying.url || look(wired)[0] !== "yellow")
      assert.equal(await wired.handle(red()), undefined);
    assert.deepEqual(look(wired), ["yellow", "status.servers"]);
  });

  it("is red without servers, reports it once, and fails every message", async () => {
    const wired = await wire("http://127.0.0.1:9");
    const error = await wired.handle(red());
    assert.match(error?.code ?? "", /^(CONNECTION|INFERENCE)_/);
    const again = await wired.handle(red());
    assert.equal(again?.code, error?.code);
    assert.equal(look(wired)[0], "red");
    assert.ok(errorsOf(wired.node).length >= 1);
  });

  it("warns and is yellow while this computer takes over, and goes back to the server", async () => {
    const server = await serve();
    const { port, url } = server;
    const wired = await wire(url, { model });
    await untilShown(wired.node, "status.servers");
    await server.close();
    assert.equal(await wired.handle(red()), undefined);
    await untilShown(wired.node, "status.fallback");
    assert.deepEqual(look(wired), ["yellow", "status.fallback"]);
    const { payload, detection } = wired.received[0] ?? {};
    assert.deepEqual([payload?.[0]?.label, detection?.server], ["red", undefined]);
    assert.match(warningsOf(wired.node).join("\n"), /runs on this computer instead of the servers/);
    await server.listen(port);
    await untilShown(wired.node, "status.servers");
    assert.equal(await wired.handle(red()), undefined);
    assert.equal(wired.received[1]?.detection.server, url);
  });

  it("does not take over if that is switched off", async () => {
    const wired = await wire("http://127.0.0.1:9", { model, fallback: false });
    assert.notEqual(await wired.handle(red()), undefined);
  });

  for (const [what, config, urls] of [
    ["no server is chosen", { inferenceServer: "" }, "http://127.0.0.1:9"],
    ["the address is not valid", {}, "192.168.1.20"],
  ] as const) {
    it(`fails every message if ${what}`, async () => {
      const { node } = await wire(urls, config);
      const code = new Promise((resolve) => {
        // The error of the deploy may arrive first, without a topic.
        helper.getNode("ended").on("input", (msg) => {
          if (msg.topic === "a message") resolve((msg as { error?: { code?: string } }).error?.code);
        });
      });
      node.receive({ topic: "a message", ...red() });
      assert.equal(await code, "CONFIG_INVALID");
    });
  }
});
