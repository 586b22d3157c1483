import { SurveillanceError } from "../../core/errors";
import type { InputSize, OutputLayout, OutputTensor } from "./layout";

/** An object as the model sees it: corners in pixels of the model's input. */
export interface Candidate {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  /** 0..1 */
  score: number;
  classId: number;
}

/**
 * Reads the objects above a score out of a model's output. Overlapping ones are all there: see `suppress`.
 *
 * @param size of the model's input, pixels
 * @param confidence 0..1; objects must score higher
 * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL for rows that are not objects
 */
export function decode(
  layout: OutputLayout,
  outputs: readonly OutputTensor[],
  size: InputSize,
  confidence: number,
): Candidate[] {
  const data = (name: string): OutputTensor["data"] =>
    outputs.find((output) => output.name === name)?.data ?? new Float32Array();
  switch (layout.family) {
    case "yolov8":
      return decodeYolov8(data(layout.output), layout, confidence);
    case "yolov5":
      return decodeYolov5(data(layout.output), layout, confidence);
    case "yolox":
      return decodeYolox(data(layout.output), layout, size, confidence);
    case "end2end":
    case "deepstream":
      return decodeSelected(data(layout.output), layout, confidence);
    case "detr":
      return decodeDetr(data(layout.labels), data(layout.boxes), data(layout.scores), confidence);
  }
}

/** Whether the family leaves it to us to pick one of several boxes around the same object. */
export function needsSuppression({ family }: OutputLayout): boolean {
  return family !== "end2end" && family !== "detr";
}

function decodeYolov8(
  data: OutputTensor["data"],
  { cells, classes, byCell }: Extract<OutputLayout, { family: "yolov8" }>,
  confidence: number,
): Candidate[] {
  // From one value of a channel to the next, and from one channel to the next.
  const [step, next] = byCell ? [data.length / cells, 1] : [1, cells];
  // Class by class along the rows as they lie in memory: cell by cell would jump by the row length 80 times a cell.
  const best = new Float32Array(cells).fill(confidence);
  const bestClass = new Int32Array(cells).fill(-1);
  for (let classId = 0; classId < classes; classId++) {
    for (let cell = 0, at = (4 + classId) * next; cell < cells; cell++, at += step) {
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
    const row = (index: number): number => data[index * next + cell * step] ?? 0;
    found.push(fromCentre(row(0), row(1), row(2), row(3), best[cell] ?? 0, classId));
  }
  return found;
}

/** The best class of a cell whose scores lie behind its objectness. */
function bestOf(data: OutputTensor["data"], row: number, classes: number): [score: number, classId: number] {
  let best = 0;
  for (let classId = 1; classId < classes; classId++)
    if ((data[row + 5 + classId] ?? 0) > (data[row + 5 + best] ?? 0)) best = classId;
  return [(data[row + 4] ?? 0) * (data[row + 5 + best] ?? 0), best];
}

function decodeYolov5(
  data: OutputTensor["data"],
  { cells, classes, rowLength }: Extract<OutputLayout, { family: "yolov5" }>,
  confidence: number,
): Candidate[] {
  const found: Candidate[] = [];
  for (let cell = 0, row = 0; cell < cells; cell++, row += rowLength) {
    // The score is never above the objectness, so most cells are done with after one look.
    if ((data[row + 4] ?? 0) <= confidence) continue;
    const [score, classId] = bestOf(data, row, classes);
    if (score <= confidence) continue;
    const value = (index: number): number => data[row + index] ?? 0;
    found.push(fromCentre(value(0), value(1), value(2), value(3), score, classId));
  }
  return found;
}

function decodeYolox(
  data: OutputTensor["data"],
  { classes, rowLength, strides, decoded }: Extract<OutputLayout, { family: "yolox" }>,
  size: InputSize,
  confidence: number,
): Candidate[] {
  const found: Candidate[] = [];
  let row = 0;
  for (const stride of strides) {
    for (let gridY = 0; gridY < Math.floor(size.height / stride); gridY++) {
      for (let gridX = 0; gridX < Math.floor(size.width / stride); gridX++, row += rowLength) {
        if ((data[row + 4] ?? 0) <= confidence) continue;
        const [score, classId] = bestOf(data, row, classes);
        if (score <= confidence) continue;
        const [x, y, w, h] = data.subarray(row, row + 4) as unknown as [number, number, number, number];
        found.push(
          decoded
            ? fromCentre(x, y, w, h, score, classId)
            : fromCentre(
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

function decodeSelected(
  data: OutputTensor["data"],
  { output, rowLength, box, score, classId }: Extract<OutputLayout, { family: "end2end" | "deepstream" }>,
  confidence: number,
): Candidate[] {
  const found: Candidate[] = [];
  for (let row = 0; row + rowLength <= data.length; row += rowLength) {
    const value = (index: number): number => data[row + index] ?? 0;
    if (value(score) <= confidence) continue;
    if (!Number.isInteger(value(classId)) || value(score) > 1.001) throw notSelected(output);
    found.push({
      x1: value(box),
      y1: value(box + 1),
      x2: value(box + 2),
      y2: value(box + 3),
      score: value(score),
      classId: value(classId),
    });
  }
  return found;
}

/** A selection that was empty when the model was loaded turns out to have other columns. */
function notSelected(output: string): SurveillanceError {
  return new SurveillanceError(
    "YOLO_UNSUPPORTED_MODEL",
    `The rows of the output ${output} are not boxes with a score and a class.`,
    { advice: "Export the model again, without its own selection of objects (nms=False)." },
  );
}

function decodeDetr(
  labels: OutputTensor["data"],
  boxes: OutputTensor["data"],
  scores: OutputTensor["data"],
  confidence: number,
): Candidate[] {
  const found: Candidate[] = [];
  scores.forEach((score, index) => {
    if (score <= confidence) return;
    const [x1, y1, x2, y2] = boxes.subarray(index * 4, index * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    found.push({ x1, y1, x2, y2, score, classId: labels[index] ?? 0 });
  });
  return found;
}

function fromCentre(
  cx: number,
  cy: number,
  width: number,
  height: number,
  score: number,
  classId: number,
): Candidate {
  return {
    x1: cx - width / 2,
    y1: cy - height / 2,
    x2: cx + width / 2,
    y2: cy + height / 2,
    score,
    classId,
  };
}
