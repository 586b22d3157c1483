import { DetectionModel } from "../model/detection-model";
import { serveWorker } from "./worker-channel";

/**
 * The process that runs a model. ONNX Runtime works synchronously on the thread that calls it. Ending a worker thread
 * during a run would crash Node-RED (Napi::Error, abort). A process can be ended, and contains a crash in native code.
 */
serveWorker(async (request, send) => {
  if (request.type !== "load") throw new Error("This worker loads files.");
  const model = await DetectionModel.load(request.file, request.settings);
  send({ type: "ready", info: model.info });
  return model;
});
