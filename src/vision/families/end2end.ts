import type { OutputTensor } from "../onnx/tensor";
import { ultralyticsInput, type Candidate, type Doubt, type ModelFormat, type ModelRun } from "./family";
import { highest, isWhole } from "./rows";
import { decodeRows, type SelectedRows } from "./selected-rows";

const LIST_COLUMNS = 7;

/** YOLOv10, v26, YOLO-NAS and exports whose graph selects the objects: one row per object. */
export class End2End implements ModelFormat {
  static readonly models = "YOLOv10, v26, YOLO-NAS";
  readonly family = "end2end";
  readonly input = ultralyticsInput;
  readonly hasOverlaps = false;
  readonly layout: SelectedRows;

  constructor(layout: SelectedRows) {
    this.layout = layout;
  }

  static recognise({ outputs, findsBoxes, table }: ModelRun): End2End | Doubt | undefined {
    const [first] = outputs;
    const isList = outputs.length === 1 && first?.dims.length === 2 && first.dims[1] === LIST_COLUMNS;
    if (isList && findsBoxes) return recogniseList(first);
    if (table === undefined || table.grid !== undefined) return undefined;
    if (table.corners === "no" || table.corners === "perCell") return undefined;
    const { output, columns } = table;
    return new End2End({ output, rowLength: columns, box: 0, score: 4, classId: 5 });
  }

  decode(outputs: readonly OutputTensor[], confidence: number): Candidate[] {
    return decodeRows(this.layout, outputs, confidence);
  }
}

/** Recognises one list over the batch: batch, corners, then class and score (YOLOv7) or score and class (YOLO-NAS). */
function recogniseList({ name, data }: OutputTensor): End2End | Doubt {
  const list = (classId: number): End2End =>
    new End2End({ output: name, rowLength: LIST_COLUMNS, box: 1, score: 11 - classId, classId });
  const byName = name.endsWith("flat_predictions") ? 6 : name === "output" ? 5 : undefined;
  const candidates = [5, 6].filter(
    (column) => isWhole(data, LIST_COLUMNS, column) && highest(data, LIST_COLUMNS, 11 - column) <= 1.001,
  );
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return list(only);
  if (candidates.length === 2 && byName !== undefined) return list(byName);
  return {
    why: `the output ${name} lists objects, but the order of class and score is unknown`,
    advice:
      'Name the output as its exporter does: "output" if the class comes first (YOLOv7), ' +
      '"graph2_flat_predictions" if the score comes first (YOLO-NAS).',
  };
}
