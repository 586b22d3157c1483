import { fieldOf, isAbsent, isNumber, type Field } from "../../kit/editor/validators";

const isPort = isNumber({ min: 0, max: 65_535, whole: true, blank: false });

/** Validates the port if the node listens on a separate port. */
export function isOwnPort(this: object, port: Field): boolean {
  return fieldOf(this, "listen") !== "port" || (!isAbsent(port) && isPort(port));
}

/** Shows the rows of a separate port, and of waiting for the store, only if the node uses them. */
export function prepareEndpoint(): void {
  showIf("#node-input-listen", "port", ".webhook-own-port");
  showIf("#node-input-answer", "stored", ".webhook-stored");
}

function showIf(field: string, value: string, rows: string): void {
  const choice = $(field);
  const show = (): void => {
    $(rows).toggle(choice.val() === value);
  };
  choice.on("change", show);
  show();
}
