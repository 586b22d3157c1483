import type { InputSize } from "./layout";

/** What is known of a model once it is loaded. */
export interface ModelInfo {
  /** The file's name without its folder. */
  name: string;
  /** Such as `yolov8`. */
  family: string;
  input: InputSize;
  /** Class names by class id, as the model brings them; empty when it brings none. */
  labels: string[];
  /** It runs in WebAssembly, which takes about four times as long as the native package. */
  runtime?: "wasm";
}
