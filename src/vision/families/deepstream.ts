import type { OutputTensor } from "../onnx/tensor";
import { ultralyticsInput, type Candidate, type ModelFormat, type ModelRun } from "./family";
import { decodeRows, type SelectedRows } from "./selected-rows";

/** Exports of DeepStream-Yolo: rows like those of selected objects, but one per cell, including overlapping boxes. */
export class DeepStream implements ModelFormat {
  static readonly models = "DeepStream-Yolo";
  readonly family = "deepstream";
  readonly input = ultralyticsInput;
  readonly hasOverlaps = true;
  readonly layout: SelectedRows;

  constructor(layout: SelectedRows) {
    this.layout = layout;
  }

  static recognise({ table }: ModelRun): DeepStream | undefined {
    if (table?.corners !== "perCell") return undefined;
    const { output, columns } = table;
    return new DeepStream({ output, rowLength: columns, box: 0, score: 4, classId: 5 });
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    return decodeRows(this.layout, outputs, confidence);
  }
}
