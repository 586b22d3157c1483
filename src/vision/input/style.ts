import type { OutputLayout } from "../model/layout";
import type { Placement } from "./letterbox";
import type { PixelStyle } from "./pixels";

export interface InputStyle extends PixelStyle {
  placement: Placement;
}

/**
 * How each family was trained to get its pictures: Ultralytics data/augment.py LetterBox, YOLOX data/data_augment.py
 * preproc (OpenCV's BGR without normalisation), D-FINE and DEIMv2 tools/inference/onnx_inf.py (a black border).
 */
const styles: Record<OutputLayout["family"], InputStyle> = {
  yolov8: { order: "rgb", range: "unit", pad: 114, placement: "centre" },
  yolov5: { order: "rgb", range: "unit", pad: 114, placement: "centre" },
  deepstream: { order: "rgb", range: "unit", pad: 114, placement: "centre" },
  end2end: { order: "rgb", range: "unit", pad: 114, placement: "centre" },
  yolox: { order: "bgr", range: "byte", pad: 114, placement: "topLeft" },
  detr: { order: "rgb", range: "unit", pad: 0, placement: "centre" },
};

export function inputStyleOf({ family }: OutputLayout): InputStyle {
  return styles[family];
}
