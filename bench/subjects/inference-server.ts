/**
 * A simulated inference server of the Open Inference Protocol: `inference-server.ts <milliseconds of one inference>
 * <fp32|uint8|jpeg>`. Its answer has the size of a detector's. The response to the first request is its URL.
 */
import { KServeServer } from "../../test/servers/inference/kserve-server";

/** What the model takes: a tensor of 640 x 640 pixels, or a JPEG that the server decodes. */
export type InferenceInput = "fp32" | "uint8" | "jpeg";

export interface InferenceServerReport {
  url: string;
}

const inputs: Readonly<Record<string, { datatype: string; shape: number[] }>> = {
  fp32: { datatype: "FP32", shape: [1, 3, 640, 640] },
  uint8: { datatype: "UINT8", shape: [1, 3, 640, 640] },
  jpeg: { datatype: "BYTES", shape: [1] },
};
const output = { name: "output0", datatype: "FP32", shape: [1, 84, 8400] };
const zeros = Buffer.alloc(4 * 84 * 8400);

const [, , serviceMs = "100", input = "fp32"] = process.argv;
process.on("message", () => {
  void KServeServer.start({
    serviceMs: Number(serviceMs),
    model: {
      name: "yolo",
      inputs: [{ name: "images", datatype: "FP32", shape: [], ...inputs[input] }],
      outputs: [output],
      compute: () => ({ output0: { ...output, bytes: zeros } }),
    },
  }).then(({ url }) => process.send?.({ url } satisfies InferenceServerReport));
});
