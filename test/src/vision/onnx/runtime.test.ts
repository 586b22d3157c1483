import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { DetectionModel } from "../../../../src/vision/model/detection-model";
import { loadRuntime, type RuntimeSources } from "../../../../src/vision/onnx/runtime";
import { openSession } from "../../../../src/vision/onnx/session";
import { npmFile } from "../../../../tools/cache";
import { modelFolder } from "../../../support/model-folder";
import { colourDetector } from "../../../support/onnx-model";

/** A system with these packages. */
const having = (isMusl: boolean, packages: Record<string, unknown>): RuntimeSources => ({
  isMusl: () => isMusl,
  load: (name) =>
    name in packages ? Promise.resolve(packages[name]) : Promise.reject(new Error(`cannot find ${name}`)),
});
const [native, web] = [{ native: true }, { web: true }];

describe("loadRuntime", () => {
  it("returns the native package if it loads", async () => {
    const runtime = await loadRuntime(having(false, { "onnxruntime-node": native, "onnxruntime-web": web }));
    assert.deepEqual(runtime, { ort: native, kind: "native" });
  });

  it("loads the native package on this machine", async () => {
    assert.equal((await loadRuntime()).kind, "native");
  });

  it("returns the WebAssembly package if the native one does not load", async () => {
    assert.deepEqual(await loadRuntime(having(false, { "onnxruntime-web": web })), {
      ort: web,
      kind: "wasm",
    });
  });

  it("does not load the native package on musl, where it could crash the process", async () => {
    const runtime = await loadRuntime(having(true, { "onnxruntime-node": native, "onnxruntime-web": web }));
    assert.equal(runtime.kind, "wasm");
  });

  it("reports the reason and both solutions on musl", async () => {
    await assert.rejects(loadRuntime(having(true, { "onnxruntime-node": native })), {
      code: "DEPENDENCY_MISSING",
      message: /musl, used by Alpine.*Debian image of Node-RED.*npm install onnxruntime-web/,
    });
  });

  it("reports the packages to install and the reason on other systems", async () => {
    await assert.rejects(loadRuntime(having(false, {})), {
      code: "DEPENDENCY_MISSING",
      message:
        /npm install onnxruntime-node.*npm install onnxruntime-web.*Its error: cannot find onnxruntime-node$/,
    });
  });
});

describe("ONNX Runtime in WebAssembly", function () {
  this.timeout(120_000);
  const models = modelFolder();
  const model = models.write("colours.onnx", colourDetector());
  const settings = { provider: "cpu", threads: 1 } as const;
  let folder: string;
  let sources: RuntimeSources;

  before(async () => {
    const script = await npmFile({
      spec: "onnxruntime-web@1.30.0",
      integrity:
        "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==",
      file: "dist/ort.node.min.js",
    });
    // The layout of npm in a user directory, with the one package that it needs.
    folder = await mkdtemp(path.join(os.tmpdir(), "wasm-"));
    const common = path.resolve(__dirname, "../../../../node_modules/onnxruntime-common");
    await mkdir(path.join(folder, "node_modules/onnxruntime-web/dist"), { recursive: true });
    await cp(common, path.join(folder, "node_modules/onnxruntime-common"), { recursive: true });
    for (const file of ["ort.node.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
      await cp(
        path.join(path.dirname(script), file),
        path.join(folder, "node_modules/onnxruntime-web/dist", file),
      );
    const installed = path.join(folder, "node_modules/onnxruntime-web/dist/ort.node.min.js");
    sources = { isMusl: () => true, load: () => Promise.resolve(createRequire(__filename)(installed)) };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("returns the same objects as the native package, and reports the runtime", async () => {
    const detector = await DetectionModel.load(model, settings, loadRuntime(sources));
    const reference = await DetectionModel.load(model, settings);
    assert.deepEqual([detector.info.runtime, reference.info.runtime], ["wasm", undefined]);
    const image = {
      data: Buffer.alloc(64 * 64 * 3, Buffer.from([200, 20, 0])),
      width: 64,
      height: 64,
      channels: 3,
    };
    const options = { confidence: 0.25, iou: 0.45, maxDetections: 10 };
    const [found, expected] = [await detector.detect(image, options), await reference.detect(image, options)];
    // It puts its workers where a browser has them.
    Reflect.deleteProperty(globalThis, "Worker");
    const rounded = (score: number): number => Math.round(score * 1000);
    assert.deepEqual(
      found.objects.map((object) => ({ ...object, score: rounded(object.score) })),
      expected.objects.map((object) => ({ ...object, score: rounded(object.score) })),
    );
  });

  it("rejects providers other than cpu", async () => {
    await assert.rejects(openSession(model, { provider: "cuda", threads: 1 }, loadRuntime(sources)), {
      code: "YOLO_PROVIDER_FAILED",
    });
  });

  it("rejects a file that is not a model", async () => {
    const broken = models.write("broken.onnx", Buffer.from("no model"));
    await assert.rejects(openSession(broken, settings, loadRuntime(sources)), { code: "YOLO_MODEL_INVALID" });
  });
});
