import type { Zone } from "../../src/vision/rules/zones";
import { custom, list } from "../kit/option-kinds";

export const options = {
  /** `label=colour` */
  labels: list(),
  /** As text: JSON, or a variable. */
  zones: custom<readonly Zone[] | string>([]),
};
