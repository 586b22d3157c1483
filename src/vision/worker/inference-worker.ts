import { DetectionModel } from "../model/detection-model";
import { packError, type Reply, type Request } from "./messages";

/**
 * The process that runs a model. ONNX Runtime works synchronously on the thread that calls it, and a worker thread
 * cannot be ended in the middle of that without taking Node-RED down (Napi::Error, abort); a process can, and a crash
 * in native code stays in it.
 */
let model: DetectionModel | undefined;

async function answer(request: Request): Promise<Reply> {
  if (request.type === "load") {
    model = await DetectionModel.load(request.file, request.settings);
    return { type: "ready", info: model.info };
  }
  if (model === undefined) throw new Error("An image came before the model.");
  return { type: "found", findings: await model.detect(request.image, request.options) };
}

function reply(message: Reply): void {
  // Nobody may be there any more to take it, which "disconnect" says as well.
  process.send?.(message, undefined, undefined, () => undefined);
}

process.on("message", (request: Request) => {
  answer(request).then(reply, (thrown: unknown) => {
    reply({ type: "failed", error: packError(thrown) });
  });
});
// The parent process is gone, or has closed this worker.
process.on("disconnect", () => process.exit());
