import type { ImageSize } from "../../media/frame";
import type { InputStyle } from "../input/input-buffer";
import { dataOf, type OutputTensor } from "../onnx/tensor";
import {
  bestClass,
  centred,
  type Candidate,
  type Cells,
  type Doubt,
  type ModelFormat,
  type ModelRun,
  type ScoredCells,
} from "./family";

interface Layout extends Cells {
  /** The size of the model's input, pixels. */
  size: ImageSize;
  /** Pixels from one cell to the next, grid by grid. */
  strides: readonly number[];
  /** True if the export decodes the boxes to pixels of the input. */
  decoded: boolean;
}

/** YOLOX: the values of YOLOv5 for each cell, but the box as an offset in strides and logarithms of its size. */
export class Yolox implements ModelFormat {
  static readonly models = "YOLOX";
  readonly family = "yolox";
  /** YOLOX data/data_augment.py, preproc: OpenCV's BGR without normalisation. */
  readonly input: InputStyle = { order: "bgr", range: "byte", pad: 114, placement: "topLeft" };
  readonly hasOverlaps = true;
  readonly cells: ScoredCells;
  readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
    this.cells = { ...layout, scores: 1 + layout.classes };
  }

  static recognise({ table, size }: ModelRun): Yolox | Doubt | undefined {
    if (table?.grid?.arrangement !== "rows") return undefined;
    const { output, columns, grid } = table;
    const { cells, classes, strides, inPixels: decoded } = grid;
    if (grid.fifth === "unclear")
      return {
        why:
          `the output can have ${classes + 1} classes (a transposed YOLOv8) ` +
          `or an objectness and ${classes} classes (YOLOX), and the model has no class names`,
        advice: "Set the labels: their number decides between the two.",
      };
    if (grid.fifth !== "objectness") return undefined;
    return new Yolox({ output, classes, cells, cellStep: columns, valueStep: 1, size, strides, decoded });
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    const { output, classes, size, strides, decoded, cellStep } = this.layout;
    const data = dataOf(outputs, output);
    const found: Candidate[] = [];
    let row = 0;
    for (const stride of strides) {
      for (let gridY = 0; gridY < Math.floor(size.height / stride); gridY++) {
        for (let gridX = 0; gridX < Math.floor(size.width / stride); gridX++, row += cellStep) {
          if ((data[row + 4] ?? 0) <= confidence) continue;
          const [score, classId] = bestClass(data, row, classes);
          if (score <= confidence) continue;
          const [x, y, w, h] = data.subarray(row, row + 4) as unknown as [number, number, number, number];
          found.push(
            decoded
              ? centred(x, y, w, h, score, classId)
              : centred(
                  (x + gridX) * stride,
                  (y + gridY) * stride,
                  Math.exp(w) * stride,
                  Math.exp(h) * stride,
                  score,
                  classId,
                ),
          );
        }
      }
    }
    return found;
  }
}
