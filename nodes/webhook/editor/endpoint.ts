import { fieldOf, isAbsent, isNumber, type Field } from "../../kit/editor/validators";

const isPort = isNumber({ min: 0, max: 65_535, whole: true, blank: false });

/** The port counts only where a node listens on one of its own. */
export function isOwnPort(this: object, port: Field): boolean {
  return fieldOf(this, "listen") !== "port" || (!isAbsent(port) && isPort(port));
}

/** Shows the rows of a port of its own only where there is one. */
export function preparePlace(): void {
  const listen = $("#node-input-listen");
  const show = (): void => {
    $(".webhook-own-port").toggle(listen.val() === "port");
  };
  listen.on("change", show);
  show();
}
