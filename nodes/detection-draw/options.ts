import type { Zone } from "../../src/vision/rules/zones";
import { custom, list } from "../kit/option-kinds";

export const options = {
  /** `label=colour` */
  labels: list(),
  /** A string is JSON or the name of a variable. */
  zones: custom<readonly Zone[] | string>([]),
};
