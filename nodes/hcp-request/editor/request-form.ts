import type { Operation } from "../../../src/hcp/catalogue/types";
import type { OperationList } from "../../hcp/admin-data";
import { heldServer } from "../../hcp/editor/server";
import { OperationSelect } from "./operation-select";
import { ParameterForm } from "./parameter-form";
import { resourcePicker } from "./resource-picker";
import { askRuntime, notifyFailure } from "../../kit/editor/runtime";

type Fields = Record<string, unknown>;

/** Fetched once per page of the editor, when a dialog needs it for the first time. */
let catalogue: Promise<OperationList> | undefined;

function loadCatalogue(): Promise<OperationList> {
  catalogue ??= askRuntime<OperationList>("hcp-request/operations").catch((error: unknown) => {
    catalogue = undefined;
    throw error;
  });
  return catalogue;
}

/**
 * Sets up the open dialog of hcp-request: the choice of an operation, and a form of its parameters. The form is a view
 * of the body: it shows a JSON body, and input in the form turns the body into a JSON body.
 *
 * @param chosen the node's operation
 */
export function setUpRequestForm(chosen: string, translate: (key: string) => string): void {
  const body = $("#node-input-body");
  const choice = new OperationSelect(
    $("#node-input-operation"),
    $("#hcp-request-search"),
    chosen,
    translate("option.custom"),
  );
  let pickers: OperationList["pickers"] = {};
  let writing = false;

  const form = new ParameterForm({
    container: $("#hcp-request-parameters"),
    translate,
    onChange: write,
    addPicker: (parameter, input) => {
      const kind = pickers[parameter.name];
      const server = (): ReturnType<typeof heldServer> => heldServer($("#node-input-server").val());
      return kind === undefined ? undefined : resourcePicker(parameter, kind, input, server, translate);
    },
  });

  function write(fields: Fields): void {
    writing = true;
    body.typedInput("type", "json");
    body.typedInput("value", JSON.stringify(fields));
    writing = false;
  }
  function show(): void {
    const { operation } = choice;
    const isCustom = choice.value === "custom";
    $(".hcp-request-custom").toggle(isCustom);
    $(".hcp-request-known").toggle(operation !== undefined);
    $("#hcp-request-paging").toggle(isCustom || operation?.paging !== undefined);
    $("#hcp-request-answer").text(operation === undefined ? "" : responseText(operation, translate));
    const { parameters = [], example = {} } = operation ?? {};
    $("#hcp-request-none").toggle(operation !== undefined && parameters.length === 0);
    form.show(parameters, jsonBody(), example);
  }
  function jsonBody(): Fields {
    if (body.typedInput("type") !== "json") return {};
    try {
      const value = JSON.parse(body.typedInput("value")) as unknown;
      return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
    } catch {
      return {};
    }
  }

  $("#node-input-operation").on("change", show);
  body.on("change", () => {
    if (!writing) show();
  });
  $("#hcp-request-example").on("click", () => {
    const { operation } = choice;
    if (operation === undefined) return;
    write(operation.example);
    show();
  });
  show();
  loadCatalogue()
    .then((list) => {
      pickers = list.pickers;
      choice.setOperations(list.operations);
      show();
    })
    .catch((error: unknown) => {
      notifyFailure(error);
    });
}

/** Returns the description of the response in one line. */
function responseText({ response, result }: Operation, translate: (key: string) => string): string {
  if (response === "image") return translate("form.answersPicture");
  if (response === "nothing" || result.length === 0) return translate("form.answersNothing");
  return `${translate("form.answers")} ${result.join(", ")}`;
}
