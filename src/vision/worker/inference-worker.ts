import { DetectionModel } from "../model/detection-model";
import { packError, type WorkerResponse, type WorkerRequest } from "./messages";

/**
 * The process that runs a model. ONNX Runtime works synchronously on the thread that calls it. Ending a worker thread
 * during a run would crash Node-RED (Napi::Error, abort). A process can be ended, and contains a crash in native code.
 */
let model: DetectionModel | undefined;

async function respondTo(request: WorkerRequest): Promise<WorkerResponse> {
  if (request.type === "load") {
    model = await DetectionModel.load(request.file, request.settings);
    return { type: "ready", info: model.info };
  }
  if (model === undefined) throw new Error("An image arrived before the model.");
  return { type: "found", findings: await model.detect(request.image, request.options) };
}

function send(message: WorkerResponse): void {
  // The parent process may have ended. "disconnect" handles that case.
  process.send?.(message, undefined, undefined, () => undefined);
}

process.on("message", (request: WorkerRequest) => {
  respondTo(request).then(send, (thrown: unknown) => {
    send({ type: "failed", error: packError(thrown) });
  });
});
// The parent process has ended or has closed this worker.
process.on("disconnect", () => process.exit());
