/** The lower bound for yolo-detect: only `session.run` on an existing tensor. */
import { performance } from "node:perf_hooks";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model = "", threads = "1", size = "640"] = process.argv.slice(2);
const side = Number(size);

const session = InferenceSession.create(model, {
  intraOpNumThreads: Number(threads),
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});
const tensor = new Tensor("float32", new Float32Array(3 * side * side).fill(0.5), [1, 3, side, side]);

async function run(messages: number): Promise<number[]> {
  const ready = await session;
  const times: number[] = [];
  for (let i = 0; i < messages; i += 1) {
    const start = performance.now();
    await ready.run({ [ready.inputNames[0] ?? "images"]: tensor });
    times.push(performance.now() - start);
  }
  return times;
}

process.on("message", ({ messages }: { messages: number }) => {
  void run(messages).then((times) => process.send?.({ times }));
});
