import { dataOf, type OutputTensor } from "../onnx/tensor";
import {
  centred,
  ultralyticsInput,
  type Candidate,
  type Cells,
  type ModelFormat,
  type ModelRun,
  type ScoredCells,
} from "./family";

/** YOLOv8, v9, v11, v12: cx, cy, w, h in pixels of the input and one score per class for each cell. */
export class Yolov8 implements ModelFormat {
  static readonly models = "YOLOv8, v9, v11, v12";
  readonly family = "yolov8";
  readonly input = ultralyticsInput;
  readonly hasOverlaps = true;
  readonly cells: ScoredCells;

  constructor(cells: Cells) {
    this.cells = { ...cells, scores: cells.classes };
  }

  static recognise({ table }: ModelRun): Yolov8 | undefined {
    if (table?.grid === undefined) return undefined;
    const { output, columns, grid } = table;
    const { arrangement, classes, cells } = grid;
    if (arrangement === "columns")
      return new Yolov8({ output, classes, cells, cellStep: 1, valueStep: cells });
    // Some exports transpose the table.
    if (arrangement === "rows" && grid.fifth === "score")
      return new Yolov8({ output, classes: classes + 1, cells, cellStep: columns, valueStep: 1 });
    return undefined;
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    const { output, cells, classes, cellStep, valueStep } = this.cells;
    const data = dataOf(outputs, output);
    // Class by class, in the order of the memory. Cell by cell would jump by the row length 80 times per cell.
    const best = new Float32Array(cells).fill(confidence);
    const bestClass = new Int32Array(cells).fill(-1);
    for (let classId = 0; classId < classes; classId++) {
      for (let cell = 0, at = (4 + classId) * valueStep; cell < cells; cell++, at += cellStep) {
        const score = data[at] ?? 0;
        if (score > (best[cell] ?? 0)) {
          best[cell] = score;
          bestClass[cell] = classId;
        }
      }
    }
    const found: Candidate[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const classId = bestClass[cell] ?? 0;
      if (classId < 0) continue;
      const value = (index: number): number => data[index * valueStep + cell * cellStep] ?? 0;
      found.push(centred(value(0), value(1), value(2), value(3), best[cell] ?? 0, classId));
    }
    return found;
  }
}
