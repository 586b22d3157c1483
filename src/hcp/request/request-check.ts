import { SurveillanceError } from "../../core/errors";
import { isFields, type Fields } from "../../core/fields";
import type { Operation, Parameter, ParameterType, TimeWindow, ValueShape } from "../catalogue/types";
import { described, expected } from "./request-wording";
import { platformTime, type ZoneOffset } from "../time";

const dayMs = 86_400_000;
/** The most problems in one error message, so that it stays readable. */
const problemsShown = 5;

export interface RequestCheckOptions {
  /** Values of the operation's header parameters, such as `userId`. */
  headers?: Readonly<Record<string, unknown>>;
  /** The offset for times without one; default the zone of this process. */
  zone?: ZoneOffset;
}

/**
 * Checks a request body against the catalogue before it is sent. Returns a copy in the platform's format: times with
 * their offset (from a Date, milliseconds since 1970 or ISO text), Buffers as Base64. Accepts fields that are not in
 * the catalogue, because gateways differ between versions.
 *
 * An optional parameter that is null, `""` or `"null"` counts as absent, as in the examples of the guide.
 *
 * @throws {SurveillanceError} HCP_PARAMETER_INVALID names every parameter that is missing, has the wrong type, or has a
 *   value that is not allowed, with the expected value.
 */
export function checkRequest(
  operation: Operation,
  body: unknown = {},
  { headers = {}, zone }: RequestCheckOptions = {},
): Record<string, unknown> {
  const check = new Check(zone);
  if (!isObject(body)) {
    check.problems.push(`the body must be an object, got ${described(body)}`);
    return check.finish(operation, {});
  }
  const inBody = operation.parameters.filter((parameter) => parameter.in === "body");
  const inHeader = operation.parameters.filter((parameter) => parameter.in === "header");
  const checked = check.fields(inBody, body, "");
  check.fields(inHeader, headers, "header ");
  for (const names of operation.atLeastOne ?? []) check.atLeastOne(names, checked);
  if (operation.timeWindow) check.window(operation.timeWindow, checked);
  return check.finish(operation, checked);
}

/** One check of one request. Gathers the problems. */
class Check {
  readonly problems: string[] = [];

  constructor(private readonly zone: ZoneOffset | undefined) {}

  finish(operation: Operation, body: Fields): Fields {
    if (this.problems.length === 0) return body;
    const shown = this.problems.slice(0, problemsShown).join("; ");
    const more = this.problems.length - problemsShown;
    throw new SurveillanceError(
      "HCP_PARAMETER_INVALID",
      `${operation.id}: ${shown}${more > 0 ? `; and ${more} more` : ""}.`,
      { advice: "Correct the request body." },
    );
  }

  /** @param at the prefix of the names: `queryInfo.` or nothing */
  fields(parameters: readonly Parameter[], given: Readonly<Fields>, at: string): Fields {
    const checked: Fields = { ...given };
    for (const parameter of parameters) {
      const name = [parameter.name, ...(parameter.alsoNamed ?? [])].find((each) => isThere(given[each]));
      const value = name === undefined ? undefined : given[name];
      const required = isRequired(parameter, given);
      // A required name may be empty if it has no minimum length.
      if (name === undefined || (!required && isBlank(value))) {
        if (required) this.problems.push(`${at}${parameter.name} is missing (${expected(parameter)})`);
        continue;
      }
      checked[name] = this.value(parameter, value, at + name);
    }
    return checked;
  }

  private value(shape: ValueShape, given: unknown, at: string): unknown {
    if (shape.format === "time") return this.time(shape, given, at);
    const value = shape.format === "base64" && Buffer.isBuffer(given) ? given.toString("base64") : given;
    const type = typeOf(value);
    if (type !== shape.type && !shape.accepts?.includes(type as ParameterType)) {
      return this.refuse(shape, given, at);
    }
    if (Array.isArray(value)) return this.array(shape, value, at);
    if (isObject(value)) return this.fields(shape.properties ?? [], value, `${at}.`);
    if (typeof value === "string" && shape.type === "string") this.text(shape, value, at);
    else if (!fitsNumber(shape, value)) this.refuse(shape, given, at);
    return value;
  }

  private time(shape: ValueShape, given: unknown, at: string): unknown {
    return platformTime(given, this.zone) ?? this.refuse(shape, given, at);
  }

  private array(shape: ValueShape, given: readonly unknown[], at: string): unknown[] {
    if (!fitsCount(shape, given.length)) this.refuse(shape, given, at);
    const { items } = shape;
    return items === undefined
      ? [...given]
      : given.map((each, index) => this.value(items, each, `${at}[${index}]`));
  }

  private text(shape: ValueShape, given: string, at: string): void {
    const parts = shape.separator === undefined ? [given] : given.split(shape.separator);
    if (Array.from(given).some((character) => shape.forbidden?.includes(character))) {
      this.problems.push(`${at} must not contain any of ${shape.forbidden}`);
    } else if (
      given.length < (shape.minLength ?? 0) ||
      given.length > (shape.maxLength ?? Infinity) ||
      (shape.separator !== undefined && !fitsCount(shape, parts.length)) ||
      !parts.every((part) => isAllowed(shape, part.trim()))
    ) {
      this.refuse(shape, given, at);
    }
  }

  atLeastOne(names: readonly string[], body: Fields): void {
    if (!names.some((name) => isThere(body[name]) && !isBlank(body[name]))) {
      this.problems.push(`at least one of ${names.join(", ")} is required`);
    }
  }

  window({ begin, end, maxDays }: TimeWindow, body: Fields): void {
    const from = instantAt(body, begin);
    const until = instantAt(body, end);
    if (from === undefined || until === undefined) return;
    if (until < from) {
      this.problems.push(`${end} must not be before ${begin}`);
    } else if (maxDays !== undefined && until - from > maxDays * dayMs) {
      this.problems.push(`${begin} and ${end} must not be more than ${maxDays} days apart`);
    }
  }

  private refuse(shape: ValueShape, given: unknown, at: string): unknown {
    this.problems.push(`${at} must be ${expected(shape)}, got ${described(given)}`);
    return given;
  }
}

function isObject(value: unknown): value is Fields {
  return isFields(value) && !Buffer.isBuffer(value);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isBlank(value: unknown): boolean {
  return value === "" || value === "null";
}

function isRequired(parameter: Parameter, siblings: Readonly<Fields>): boolean {
  const { requiredWhen, requiredUnless } = parameter;
  if (parameter.required) return true;
  if (requiredUnless !== undefined) {
    return !isThere(siblings[requiredUnless]) || isBlank(siblings[requiredUnless]);
  }
  if (requiredWhen === undefined) return false;
  const sibling = siblings[requiredWhen.parameter];
  if (requiredWhen.values === undefined) return isThere(sibling) && !isBlank(sibling);
  // The guide writes commands in lower and upper case.
  const lowered = (value: unknown): string => String(value).toLowerCase();
  return requiredWhen.values.some((value) => lowered(value) === lowered(sibling));
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Tells whether a number is within its limits, or a text is the accepted alternative. */
function fitsNumber(shape: ValueShape, value: unknown): boolean {
  if (shape.type !== "number") return true;
  const number = typeof value === "string" ? Number(value.trim() === "" ? NaN : value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return false;
  return number >= (shape.min ?? -Infinity) && number <= (shape.max ?? Infinity) && isAllowed(shape, number);
}

function isAllowed({ values, ignoreCase }: ValueShape, value: string | number): boolean {
  if (values === undefined) return true;
  const comparable = typeof value === "string" && ignoreCase ? value.toUpperCase() : value;
  return values.some((allowed) => allowed.value === comparable);
}

function fitsCount({ minItems = 0, maxItems = Infinity }: ValueShape, count: number): boolean {
  return count >= minItems && count <= maxItems;
}

function instantAt(body: Fields, path: string): number | undefined {
  let value: unknown = body;
  for (const name of path.split(".")) value = isObject(value) ? value[name] : undefined;
  const instant = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(instant) ? undefined : instant;
}
