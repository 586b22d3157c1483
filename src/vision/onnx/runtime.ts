import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";

/** What runs models here. */
export interface OnnxRuntime {
  ort: typeof Ort;
  /** `wasm`: the WebAssembly build, which runs everywhere and takes about four times as long. */
  kind: "native" | "wasm";
}

/** What the system provides. A parameter for the tests. */
export interface RuntimeSources {
  load: (packageName: string) => Promise<unknown>;
  isMusl: () => boolean;
}

const WASM = "onnxruntime-web";
const OR_WASM = `or run "npm install ${WASM}" in the Node-RED user directory, which takes about four times as long.`;

const system: RuntimeSources = {
  load: (packageName) => import(packageName),
  isMusl,
};

/**
 * Loads ONNX Runtime: the native package, else the WebAssembly one where the user installed it. The native one is built
 * for glibc: on musl it is not tried, because with a compatibility layer it may crash the process.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING, naming the way out
 */
export async function loadRuntime({ load, isMusl }: RuntimeSources = system): Promise<OnnxRuntime> {
  const musl = isMusl();
  try {
    if (musl) throw new Error("musl instead of glibc");
    return { ort: (await load("onnxruntime-node")) as typeof Ort, kind: "native" };
  } catch (cause) {
    const web = await load(WASM).catch(() => undefined);
    if (web !== undefined) return { ort: web as typeof Ort, kind: "wasm" };
    throw musl ? muslError(cause) : missingError(cause);
  }
}

function muslError(cause: unknown): SurveillanceError {
  return new SurveillanceError(
    "DEPENDENCY_MISSING",
    "onnxruntime-node, which runs the model, has no build for this system's C library (musl, as in Alpine Linux, " +
      "on which the default Node-RED image is based).",
    { advice: `Use the Debian image of Node-RED (a tag that ends in -debian), ${OR_WASM}`, cause },
  );
}

function missingError(cause: unknown): SurveillanceError {
  return new SurveillanceError(
    "DEPENDENCY_MISSING",
    "The package onnxruntime-node, which runs the model, is missing or does not run on this system.",
    {
      advice: `Run "npm install onnxruntime-node" in the Node-RED user directory, ${OR_WASM}`,
      details: `It said: ${toError(cause).message.split("\n")[0] ?? ""}`,
      cause,
    },
  );
}

/** Only Linux has the choice; Node's own report says which C library it runs on. */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  // Without it, a report looks up the name of every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
