import { dataOf, type OutputTensor } from "../onnx/tensor";
import {
  bestClass,
  centred,
  ultralyticsInput,
  type Candidate,
  type Cells,
  type ModelFormat,
  type ModelRun,
  type ScoredCells,
} from "./family";

/** YOLOv5, v7 and v6 (with objectness 1): cx, cy, w, h in pixels, objectness and one score per class for each cell. */
export class Yolov5 implements ModelFormat {
  static readonly models = "YOLOv5, v6, v7";
  readonly family = "yolov5";
  readonly input = ultralyticsInput;
  readonly hasOverlaps = true;
  readonly cells: ScoredCells;

  constructor(cells: Cells) {
    this.cells = { ...cells, scores: 1 + cells.classes };
  }

  static recognise({ table }: ModelRun): Yolov5 | undefined {
    if (table?.grid === undefined) return undefined;
    const { output, columns, grid } = table;
    const { arrangement, classes, cells } = grid;
    if (arrangement === "anchors" || (arrangement === "rows" && grid.fifth === "constant objectness"))
      return new Yolov5({ output, classes, cells, cellStep: columns, valueStep: 1 });
    return undefined;
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    const { output, cells, classes, cellStep } = this.cells;
    const data = dataOf(outputs, output);
    const found: Candidate[] = [];
    for (let cell = 0, row = 0; cell < cells; cell++, row += cellStep) {
      // The score never exceeds the objectness, so most cells are skipped early.
      if ((data[row + 4] ?? 0) <= confidence) continue;
      const [score, classId] = bestClass(data, row, classes);
      if (score <= confidence) continue;
      const value = (index: number): number => data[row + index] ?? 0;
      found.push(centred(value(0), value(1), value(2), value(3), score, classId));
    }
    return found;
  }
}
