import { SurveillanceError, toError } from "../../core/errors";
import { probeImages } from "../model/probe-images";
import { detectorDefaults, type DetectionServers } from "../model-types";
import { describeTensors } from "../onnx/tensor";
import { openServers, type ServerGroup } from "./open-model";

/** The result for one server. */
export interface ServerTest {
  url: string;
  /** Undefined if the server works. */
  error?: string;
  /** The inputs and outputs as the server describes them; undefined if it does not. */
  inputs?: string;
  outputs?: string;
  family?: string;
  /** The time of one image at the server. */
  milliseconds?: number;
}

const IMAGE_SIZE = { width: 640, height: 360 };

/** Tests each server of a group: its state, its model, and one image. */
export function testEachServer(settings: DetectionServers): Promise<ServerTest[]> {
  return Promise.all(settings.urls.map((url) => testServer({ ...settings, urls: [url] }, url)));
}

async function testServer(settings: DetectionServers, url: string): Promise<ServerTest> {
  const result: ServerTest = { url: withoutLogin(url) };
  let close = (): Promise<void> => Promise.resolve();
  try {
    const group = await new Promise<ServerGroup>((resolve, reject) => {
      const opened = openServers(settings, undefined, ({ checking, ready, errors: [error] }) => {
        // The first report arrives before the group is there.
        queueMicrotask(() => {
          if (ready > 0) resolve(opened);
          else if (!checking) reject(error ?? new Error("it is not ready"));
        });
      });
      close = () => opened.close();
    });
    const described = await group.describe();
    if (described !== undefined) {
      result.inputs = describeTensors(described.inputs);
      result.outputs = describeTensors(described.outputs);
    }
    const model = await group.openModel();
    result.family = model.info.family;
    const { inferenceMs } = await model.detect(probeImages[0](IMAGE_SIZE), detectorDefaults);
    result.milliseconds = Math.round(inferenceMs);
  } catch (thrown) {
    const error = toError(thrown);
    result.error = error instanceof SurveillanceError ? error.message : `The server failed: ${error.message}`;
  } finally {
    await close();
  }
  return result;
}

function withoutLogin(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}
