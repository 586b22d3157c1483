import {
  findOperation,
  parameterNames,
  requestOf,
  triggerEvents,
  defaultParameters,
  type OperationParameters,
  type ParameterName,
} from "../../../src/isapi/operations/catalogue";

const BY_MESSAGE = "msg";
const tips: ReadonlySet<string> = new Set(["notifyCenter", "setTime", "reboot"]);

/**
 * Sets up the dialog of isapi-request: the parameters of an operation, its request, and the button that copies this
 * request into the fields of a free request.
 */
export function setUpOperationForm(translate: (key: string) => string): void {
  const field = (name: string): JQuery => $(`#node-input-${name}`);
  const operationField = field("operation");
  $("#isapi-request-events").append(triggerEvents.map((event) => $("<option>").val(event)));

  function parameters(): OperationParameters {
    const text = (name: ParameterName): string =>
      String(field(name).val() ?? "").trim() || defaultParameters[name];
    const state = text("state");
    return {
      channel: text("channel"),
      port: text("port"),
      event: text("event"),
      metadataType: text("metadataType"),
      // The state in a message is not known: shows the request for `on`.
      state: state === "read" || state === "off" ? state : "on",
    };
  }
  function show(): void {
    const id = String(operationField.val() ?? "");
    const operation = findOperation(id);
    // The operation in a message is not known: it may need any parameter.
    const shown = id === BY_MESSAGE ? parameterNames : (operation?.parameters ?? []);
    for (const name of parameterNames) $(`#isapi-request-${name}`).toggle(shown.includes(name));
    $("#isapi-request-free").toggle(id === "");
    $("#isapi-request-known").toggle(operation !== undefined);
    $("#isapi-request-tip")
      .toggle(tips.has(id))
      .text(tips.has(id) ? translate(`tip.${id}`) : "");
    if (operation === undefined) return;
    const { method, path } = requestOf(operation, parameters());
    const isChange =
      operation.kind === "clock" || (operation.kind === "switch" && parameters().state !== "read");
    $("#isapi-request-preview").text(`${isChange ? "GET + PUT" : method} ${path}`);
  }

  for (const name of ["operation", ...parameterNames]) field(name).on("change input", show);
  $("#isapi-request-edit").on("click", () => {
    const operation = findOperation(String(operationField.val() ?? ""));
    if (operation === undefined) return;
    const request = requestOf(operation, parameters());
    field("method").val(request.method);
    field("path").val(request.path).trigger("change");
    field("body").val(request.body);
    operationField.val("").trigger("change");
  });
  show();
}
