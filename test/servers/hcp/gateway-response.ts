/** A response of the simulated gateway: the envelope of the guide, or a body of another kind. */
export interface GatewayResponse {
  status: number;
  code?: string | number;
  msg?: string;
  data?: unknown;
  /** Replaces the envelope. */
  text?: string;
  /** Replaces everything else by bytes. */
  image?: Buffer;
}

/** Thrown by a failed check. The gateway sends it. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly msg: string,
    readonly status = 200,
  ) {
    super(`${code} ${msg}`);
  }
}

export const success = (data: unknown = ""): GatewayResponse => ({
  status: 200,
  code: "0",
  msg: "Success",
  data,
});

export type Body = Readonly<Record<string, unknown>>;

const MISSING = "0x00072001";
const OUT_OF_RANGE = "0x00072002";
const BAD_FORMAT = "0x00072003";

/** Returns a required text of 1 to `max` characters. */
export function text(body: Body, name: string, max: number): string {
  const value = body[name];
  if (value === undefined || value === null || value === "")
    throw new Refusal(MISSING, `${name} is required`);
  if (typeof value !== "string") throw new Refusal(BAD_FORMAT, `${name} must be a string`);
  if (value.length > max) throw new Refusal(OUT_OF_RANGE, `${name} is longer than ${max}`);
  return value;
}

/** Returns a required whole number from `min` to `max`: a JSON number, as in the guide's tables. */
export function whole(body: Body, name: string, min: number, max: number): number {
  const value = body[name];
  if (value === undefined || value === null) throw new Refusal(MISSING, `${name} is required`);
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new Refusal(BAD_FORMAT, `${name} must be a whole number`);
  }
  if (value < min || value > max) throw new Refusal(OUT_OF_RANGE, `${name} must be ${min} to ${max}`);
  return value;
}

export function optionalWhole(body: Body, name: string, min: number, max: number): number | undefined {
  return body[name] === undefined ? undefined : whole(body, name, min, max);
}

export function optionalText(body: Body, name: string, max: number): string | undefined {
  const value = body[name];
  // An empty text counts as absent, as in the guide's examples.
  return value === undefined || value === null || value === "" ? undefined : text(body, name, max);
}
