import type { InputSize, OutputLayout } from "./layout";

/** What is known of a model once it is loaded. */
export interface ModelInfo {
  /** The file's name without its folder. */
  name: string;
  family: OutputLayout["family"];
  input: InputSize;
  /** Class names by class id, as the model brings them; empty when it brings none. */
  labels: string[];
  /** It runs in WebAssembly, which takes about four times as long as the native package. */
  runtime?: "wasm";
}
