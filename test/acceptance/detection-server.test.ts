import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { modelFolder } from "../support/model-folder";
import { colourDetector } from "../support/onnx-model";
import { startWorld, type World } from "../support/world";

interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}
interface Answer {
  success: boolean;
  error?: string;
  predictions?: Record<string, number | string>[];
}

const run = promisify(execFile);
const example = path.resolve(__dirname, "../../examples/41 Detection server for Frigate and others.json");
/** Half of the model's input is border, so the mean of red is lower. */
const red = { label: "red", confidence: 0.72, x_min: 44, y_min: 22, x_max: 84, y_max: 42 };

/** Detects on the servers of a config node, and answers with the objects. */
const client = (url: string): FlowNode[] => [
  { id: "tab", type: "tab", label: "Client" },
  { id: "in", type: "http in", z: "tab", url: "/detect", method: "post", upload: true, wires: [["image"]] },
  {
    ...{ id: "image", type: "function", z: "tab", outputs: 1, wires: [["detect"]] },
    func: "msg.payload = msg.req.files[0].buffer; return msg;",
  },
  {
    ...{ id: "detect", type: "yolo-detect", z: "tab", runsOn: "server", inferenceServer: "servers" },
    ...{ queue: "fifo", queueSize: "100", wires: [["answer"]] },
  },
  {
    ...{ id: "answer", type: "function", z: "tab", outputs: 1, wires: [["out"]] },
    func: "msg.payload = { objects: msg.payload, detection: msg.detection }; return msg;",
  },
  { id: "out", type: "http response", z: "tab", wires: [] },
  { id: "servers", type: "inference-server", urls: url, dialect: "deepstack", model: "", inFlight: "2" },
];

describe("a Node-RED that detects for others", function () {
  this.timeout(60_000);
  const folder = modelFolder();
  let server: World;
  let jpeg: Buffer;

  before(async function () {
    this.timeout(240_000);
    jpeg = await sharp({ create: { width: 128, height: 64, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    const model = folder.write("colours.onnx", colourDetector());
    const nodes = JSON.parse(await readFile(example, "utf8")) as FlowNode[];
    // The settings that the example recommends.
    const note = String(nodes.find(({ type }) => type === "comment")?.info);
    const recommended = /```\n([^]*?)```/.exec(note)?.[1] ?? "";
    server = await startWorld({
      flow: nodes.map((node) => (node.type === "yolo-detect" ? { ...node, model } : node)),
      settings: (written) => written.replace("module.exports = {", `module.exports = {\n${recommended}`),
    });
  });

  const post = async (image: Blob | undefined, fields: Record<string, string> = {}) => {
    const form = new FormData();
    if (image !== undefined) form.set("image", image, "image.jpg");
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const response = await fetch(`${server.origin}/v1/vision/detection`, { method: "POST", body: form });
    const text = await response.text();
    return {
      status: response.status,
      answer: (text.startsWith("{") ? JSON.parse(text) : { text }) as Answer,
    };
  };
  const rounded = ({ predictions = [] }: Answer) =>
    predictions.map((each) => ({ ...each, confidence: Math.floor(Number(each.confidence) * 100) / 100 }));

  it("answers like DeepStack, with corners in pixels of the image", async () => {
    const { status, answer } = await post(new Blob([new Uint8Array(jpeg)]));
    assert.deepEqual([status, answer.success], [200, true]);
    assert.deepEqual(rounded(answer), [red]);
  });

  it("answers curl", async function () {
    const file = path.join(folder.path, "street.jpg");
    await writeFile(file, jpeg);
    const url = `${server.origin}/v1/vision/detection`;
    const curl = ["-s", "-F", `image=@${file}`, "-F", "min_confidence=0.5", url];
    const result = await run("curl", curl).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") this.skip();
      throw error;
    });
    assert.deepEqual(rounded(JSON.parse(result.stdout) as Answer), [red]);
  });

  it("leaves out objects below the lowest confidence", async () => {
    const grey = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#600000" } })
      .jpeg()
      .toBuffer();
    const image = new Blob([new Uint8Array(grey)]);
    const counts = [];
    for (const least of ["0.3", "0.5"])
      counts.push((await post(image, { min_confidence: least })).answer.predictions?.length);
    assert.deepEqual(counts, [1, 0]);
  });

  for (const [what, image, fields, status, error] of [
    ["a form without an image", undefined, {}, 400, "No valid image file found"],
    ["a file that is no image", new Blob(["text"]), {}, 400, "No valid image file found"],
    [
      "a confidence above 1",
      new Blob(["text"]),
      { min_confidence: "25" },
      400,
      "Incorrect value for min_confidence",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await post(image, fields), { status, answer: { success: false, error } });
    });
  }

  it("refuses a large upload before it reads it, with the recommended settings", async () => {
    const { status } = await post(new Blob([new Uint8Array(21e6)]));
    assert.equal(status, 413);
  });

  it("runs the model of another Node-RED", async () => {
    const other = await startWorld({ flow: client(server.origin) });
    const detect = async () => {
      const form = new FormData();
      form.set("image", new Blob([new Uint8Array(jpeg)]), "image.jpg");
      const response = await fetch(`${other.origin}/detect`, { method: "POST", body: form });
      return (await response.json()) as { objects: { label: string }[]; detection: Record<string, unknown> };
    };
    const results = await Promise.all(Array.from({ length: 12 }, detect));
    for (const { objects, detection } of results) {
      assert.deepEqual(
        objects.map(({ label }) => label),
        ["red"],
      );
      assert.deepEqual([detection.server, detection.width, detection.height], [server.origin, 128, 64]);
    }
    await other.stop();
  });
});
