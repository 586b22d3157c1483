import { fieldOf, isAbsent, isNumber, type Field } from "../../kit/editor/validators";

const isPort = isNumber({ min: 0, max: 65_535, whole: true, blank: false });

/** A validator: the port only matters where the node listens on a port of its own. */
export function isOwnPort(this: object, port: Field): boolean {
  return fieldOf(this, "listen") !== "port" || (!isAbsent(port) && isPort(port));
}

/** Shows the rows of an own port only where the node has one. */
export function prepareEndpoint(): void {
  const listen = $("#node-input-listen");
  const show = (): void => {
    $(".webhook-own-port").toggle(listen.val() === "port");
  };
  listen.on("change", show);
  show();
}
