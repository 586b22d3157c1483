import type { Random } from "./random";

/** What the code made of an input: it read it, or it refused it with a documented error. */
export type Outcome = { read: true } | { read: false; refusal: string };

/** A generator of inputs that know one format, and the properties that every result has. */
export interface Format {
  name: string;
  /** The code under test, for the report. */
  code: string;
  /** The share of inputs that must get past the syntax check. */
  reaches: number;
  /**
   * Makes one input, runs the code and checks the result.
   *
   * @throws {Error} for every result that the code promises not to give
   */
  run(random: Random): Outcome | Promise<Outcome>;
  /** Inputs of any size that look expensive, by name: the time must grow no faster than the size. */
  growing: Readonly<Record<string, (size: number) => () => unknown>>;
}
