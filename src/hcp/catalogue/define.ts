/** The functions that define the catalogue. Each returns plain data. */
import type {
  AllowedValue,
  ResponseKind,
  Operation,
  Paging,
  Parameter,
  TimeWindow,
  ValueShape,
} from "./types";

type Limits = Partial<Omit<Parameter, "name" | "in" | "type" | "summary">>;

/** Characters that most names must not contain. */
export const specialCharacters = `'/\\:*?"<>|`;
/** The same for face groups and mobile vehicles: the guide omits the bar there. */
export const specialCharactersButBar = `'/\\:*?"<>`;

function parameter(name: string, summary: string, shape: ValueShape, limits: Limits = {}): Parameter {
  return { name, in: "body", required: false, summary, ...shape, ...limits };
}

export function text(name: string, summary: string, limits?: Limits): Parameter {
  return parameter(name, summary, { type: "string" }, limits);
}

/** Returns a name of 1 to `maxLength` characters without special characters. */
export function plainText(name: string, summary: string, maxLength: number): Parameter {
  return text(name, summary, { minLength: 1, maxLength, forbidden: specialCharacters });
}

/** Returns the identifier of a resource: never empty, by default at most 64 characters. */
export function id(name: string, summary: string, limits?: Limits): Parameter {
  return text(name, summary, { minLength: 1, maxLength: 64, ...limits });
}

/** Returns a list of identifiers in one text, separated by commas. */
export function idList(name: string, summary: string, limits?: Limits): Parameter {
  return text(name, summary, { minLength: 1, separator: ",", ...limits });
}

export function number(name: string, summary: string, limits?: Limits): Parameter {
  return parameter(name, summary, { type: "number" }, limits);
}

export function time(name: string, summary: string, maxLength = 64): Parameter {
  return text(name, summary, { format: "time", maxLength });
}

export function base64(name: string, summary: string, limits?: Limits): Parameter {
  return text(name, summary, { format: "base64", ...limits });
}

/** Returns a number with a fixed set of values, each with its meaning. */
export function choice(
  name: string,
  summary: string,
  meanings: Readonly<Record<number, string>>,
  limits?: Limits,
): Parameter {
  return number(name, summary, { values: allowed(meanings, Number), ...limits });
}

/** Returns a text with a fixed set of values, each with its meaning. */
export function textChoice(
  name: string,
  summary: string,
  meanings: Readonly<Record<string, string>>,
  limits?: Limits,
): Parameter {
  return text(name, summary, { values: allowed(meanings, String), ...limits });
}

function allowed(
  meanings: Readonly<Record<string, string>>,
  convert: (key: string) => string | number,
): AllowedValue[] {
  return Object.entries(meanings).map(([key, meaning]) => ({ value: convert(key), meaning }));
}

export function object(
  name: string,
  summary: string,
  properties: readonly Parameter[],
  limits?: Limits,
): Parameter {
  return parameter(name, summary, { type: "object", properties }, limits);
}

export function list(name: string, summary: string, items: ValueShape, limits?: Limits): Parameter {
  return parameter(name, summary, { type: "array", items }, limits);
}

export function objectList(
  name: string,
  summary: string,
  properties: readonly Parameter[],
  limits?: Limits,
): Parameter {
  return list(name, summary, { type: "object", properties }, limits);
}

export function required(parameter: Parameter): Parameter {
  return { ...parameter, required: true };
}

export function inHeader(parameter: Parameter): Parameter {
  return { ...parameter, in: "header" };
}

/** Returns the field names in a text, optionally below a path: `fields("a b", "list[].")`. */
export function fields(names: string, below = ""): string[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => below + name);
}

const userId = inHeader(plainText("userId", "User on whose behalf the platform responds", 32));

/**
 * `pageNo` and `pageSize`. The last page is 2147483647 for some operations in the guide, and 2147483648 for others. The
 * smaller value fits both.
 */
export const pageParameters: readonly Parameter[] = [
  required(number("pageNo", "Page to return, from 1", { min: 1, max: 2_147_483_647 })),
  required(number("pageSize", "Entries per page", { min: 1, max: 500 })),
];

/** The same for operations that call the page `pageIndex`. */
export const pageIndexParameters: readonly Parameter[] = [
  required(number("pageIndex", "Page to return, from 1", { min: 1, max: 2_147_483_647 })),
  required(number("pageSize", "Entries per page", { min: 1, max: 500 })),
];

export const defaultPaging: Paging = { pageNo: "pageNo", pageSize: "pageSize", list: "list", total: "total" };

/** The ends of the paths of operations that change something. All other operations only read. */
const CHANGE =
  /(\/(add|update|delete|addition|deletion|controlling|doControl|restart|triggerAlarm|appointment|registerment|out|reapplication|(add|delete)Persons)|Update|SubscriptionByEventTypes)$/;

interface Definition {
  summary: string;
  parameters?: readonly Parameter[];
  /** `false` if the guide lists no `userId`. */
  user?: false;
  atLeastOne?: readonly (readonly string[])[];
  timeWindow?: TimeWindow;
  paging?: Paging;
  response?: ResponseKind;
  example?: Readonly<Record<string, unknown>>;
  result?: readonly string[];
}

/** The two ways in which the operations of one section are defined. */
export interface Section {
  operation: (path: string, definition: Definition) => Operation;
  /**
   * Defines an operation with `pageNo` and `pageSize`. Its response has `total`, `pageNo`, `pageSize`, and a `list` of
   * `members`.
   */
  pagedOperation: (path: string, definition: Definition & { members: readonly string[] }) => Operation;
}

export function section(number: string, group: string): Section {
  const operation: Section["operation"] = (path, definition) => {
    const { parameters = [], user, response = "json", example = {}, result = [], ...rest } = definition;
    return {
      id: path.replace("/api/", "").replace("/v1/", "/"),
      path,
      section: number,
      group,
      ...rest,
      changes: CHANGE.test(path),
      parameters: user === false ? parameters : [userId, ...parameters],
      response,
      example,
      result,
    };
  };
  return {
    operation,
    pagedOperation: (path, { members, parameters = [], ...rest }) =>
      operation(path, {
        parameters: [...parameters, ...pageParameters],
        paging: defaultPaging,
        result: ["total", "pageNo", "pageSize", ...members.map((name) => `list[].${name}`)],
        ...rest,
      }),
  };
}
