import { fieldOf, isNumber, type Field } from "./validators";

const isPort = isNumber({ min: 0, max: 65_535, whole: true, blank: false });

/** The port counts only where a node listens on one of its own. */
export function isOwnPort(this: object, port: Field): boolean {
  return fieldOf(this, "listen") !== "port" || (port !== undefined && isPort(port));
}
