import { SurveillanceError } from "../../core/errors";
import { findOperation, operations, type Operation } from "../catalogue";
import { defaultPaging } from "../catalogue/define";
import { checkRequest, type RequestCheckOptions } from "./request-check";

/** A checked request, ready to be sent. */
export interface OperationRequest {
  path: string;
  body: Record<string, unknown>;
  /** The header parameters of the operation: `userId`, `domainId`. */
  headers: Record<string, string>;
}

/**
 * Returns an operation of the catalogue.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the catalogue has no such operation
 */
export function operationOf(id: string): Operation {
  const operation = findOperation(id);
  if (operation === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", `Unknown operation "${id}".`, {
      advice: "The id of an operation is its path without /api/ and v1/, for example resource/cameras.",
    });
  }
  return operation;
}

/**
 * Returns an operation by its path, for operations and parameters of other versions of the platform. Parameters are not
 * checked. If the catalogue has the path, its paging is used, else the default `pageNo` and `pageSize`.
 */
export function customOperation(path: string): Operation {
  const plain = path.replace(/^\/artemis(?=\/)/, "").replace(/\?.*/s, "");
  const known = operations.find((operation) => operation.path === plain);
  const paging = known === undefined ? defaultPaging : known.paging;
  return {
    id: "custom",
    section: known?.section ?? "",
    group: known?.group ?? "",
    summary: known?.summary ?? "",
    path,
    parameters: [],
    ...(paging !== undefined && { paging }),
    // An unknown operation may change something.
    changes: known?.changes ?? true,
    response: known?.response ?? "json",
    example: {},
    result: [],
  };
}

/**
 * Checks and completes the request of an operation. Header parameters of the guide may be given in the body, like all
 * others; they are moved to the header.
 *
 * @param headers values of header parameters; they take precedence over those in the body
 * @throws {SurveillanceError} HCP_PARAMETER_INVALID, see {@link checkRequest}
 */
export function operationRequest(
  operation: Operation,
  body: object = {},
  { headers: given = {}, zone }: RequestCheckOptions = {},
): OperationRequest {
  const rest: Record<string, unknown> = { ...body };
  const headers = { ...given };
  for (const { name } of headerParameters(operation)) {
    headers[name] ??= rest[name];
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy, which goes out as JSON
    delete rest[name];
  }
  const checked = checkRequest(operation, rest, { headers, ...(zone && { zone }) });
  const filled = Object.entries(headers).filter(([, value]) => value !== undefined && value !== "");
  return {
    path: operation.path,
    body: checked,
    headers: Object.fromEntries(filled.map(([name, value]) => [name, String(value)])),
  };
}

function headerParameters({ parameters }: Operation): Operation["parameters"] {
  const inBody = new Set(parameters.filter((each) => each.in === "body").map(({ name }) => name));
  return parameters.filter((each) => each.in === "header" && !inBody.has(each.name));
}
