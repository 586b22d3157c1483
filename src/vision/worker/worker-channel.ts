import type { ImageModel } from "../model/detection-model";
import {
  packError,
  type DetectRequest,
  type LoadRequest,
  type WorkerRequest,
  type WorkerResponse,
} from "./messages";

export type SendResponse = (response: WorkerResponse) => void;

/** What processes the images of a worker. */
export type ImageProcessor = Pick<ImageModel, "detect">;

/**
 * Answers the requests of the parent process, as a worker's main function.
 *
 * @param load starts with the first request. It sends `ready`. If it rejects, the parent receives `refused`.
 */
export function serveWorker(
  load: (request: LoadRequest, send: SendResponse) => Promise<ImageProcessor> | ImageProcessor,
): void {
  let loading: Promise<ImageProcessor> | undefined;

  // The parent process may have ended. "disconnect" handles that case.
  const send: SendResponse = (response) => process.send?.(response, undefined, undefined, () => undefined);

  const detect = async ({ id, image, options, camera }: DetectRequest): Promise<void> => {
    try {
      if (loading === undefined) throw new Error("An image arrived before the model.");
      const processor = await loading;
      send({ type: "found", id, findings: await processor.detect(image, options, camera) });
    } catch (thrown) {
      send({ type: "failed", id, error: packError(thrown) });
    }
  };

  process.on("message", (request: WorkerRequest) => {
    if (request.type === "detect") void detect(request);
    else {
      loading = new Promise((resolve) => {
        resolve(load(request, send));
      });
      loading.catch((thrown: unknown) => {
        send({ type: "refused", error: packError(thrown) });
      });
    }
  });
  // The parent process has ended or has closed this worker.
  process.on("disconnect", () => process.exit());
}
