import type { PixelBox } from "../../media/frame";

/** What is looked for in one picture. */
export interface DetectOptions {
  /** 0..1; objects must score higher. */
  confidence: number;
  /** 0..1; of two boxes of a class that overlap by more, the better one stays. */
  iou: number;
  maxDetections: number;
  /** Class ids; all when undefined. */
  classIds?: readonly number[];
}

/** An object by its class id: names are the caller's business. */
export interface FoundObject {
  classId: number;
  score: number;
  /** In pixels of the picture. */
  box: PixelBox;
}

export interface Findings {
  objects: FoundObject[];
  /** Of the picture, pixels. */
  width: number;
  height: number;
  /** The model alone, without reading the picture. */
  inferenceMs: number;
}
