import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";

/** The loaded ONNX Runtime. */
export interface OnnxRuntime {
  ort: typeof Ort;
  /** `wasm`: the WebAssembly build, which runs on every system and is about four times slower. */
  kind: "native" | "wasm";
}

/** The functions that depend on the system. A parameter for the tests. */
export interface RuntimeSources {
  load: (packageName: string) => Promise<unknown>;
  isMusl: () => boolean;
}

const WASM = "onnxruntime-web";
const OR_WASM = `or run "npm install ${WASM}" in the Node-RED user directory (about four times slower).`;

const system: RuntimeSources = {
  load: (packageName) => import(packageName),
  isMusl,
};

/**
 * Loads ONNX Runtime: the native package, or the WebAssembly one if it is installed. The native package is built for
 * glibc. It is not tried on musl, because it may crash the process there if a compatibility layer is installed.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING, with instructions in its advice
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
    "onnxruntime-node, which runs the model, has no build for the C library of this system (musl, used by Alpine " +
      "Linux and the default Node-RED image).",
    { advice: `Use the Debian image of Node-RED (a tag that ends in -debian), ${OR_WASM}`, cause },
  );
}

function missingError(cause: unknown): SurveillanceError {
  return new SurveillanceError(
    "DEPENDENCY_MISSING",
    "The package onnxruntime-node, which runs the model, is missing or does not run on this system.",
    {
      advice: `Run "npm install onnxruntime-node" in the Node-RED user directory, ${OR_WASM}`,
      details: `Its error: ${toError(cause).message.split("\n")[0] ?? ""}`,
      cause,
    },
  );
}

/** Tells whether the C library is musl. Only Linux has several, and Node's report names the one in use. */
function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  // Otherwise the report resolves the host name of every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
