import { fieldOf, isAbsent, isNumber, type Field } from "../../kit/editor/validators";

const isPort = isNumber({ min: 0, max: 65_535, whole: true, blank: false });

/** Validates the port if the node listens on a separate port. */
export function isOwnPort(this: object, port: Field): boolean {
  return fieldOf(this, "listen") !== "port" || (!isAbsent(port) && isPort(port));
}

/** Shows the rows of a separate port only if the node uses one. */
export function prepareEndpoint(): void {
  const listen = $("#node-input-listen");
  const show = (): void => {
    $(".webhook-own-port").toggle(listen.val() === "port");
  };
  listen.on("change", show);
  show();
}
