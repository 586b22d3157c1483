import type { Clock } from "../core/clock";
import type { SurveillanceError } from "../core/errors";
import type { LockTimes } from "../files/folder-lock";
import type { CsvSeparator } from "./csv-line";
import type { Storage } from "./storage";

export interface ArchiveOptions {
  /** Absolute path; is made where it is missing. */
  folder: string;
  /** Keep the table events.csv. Default true. */
  csv?: boolean;
  /** Of a table that is begun; one that is there keeps its own. Default a comma. */
  csvSeparator?: CsvSeparator;
  /** Keep the pictures. Default true. */
  images?: boolean;
  /** Keep the bodies as received. Default false. */
  raw?: boolean;
  /** Delete what is older. Default: keep everything. */
  retainDays?: number | undefined;
  /** Delete the oldest when all of it is more. Default: no limit. */
  maxBytes?: number | undefined;
  /** Hears what keeps the archive from tidying up: nothing is lost by it, but more is kept than was asked for. */
  onUntidy?: (error: SurveillanceError) => void;
  storage?: Storage;
  clock?: Clock;
  /** Its time is never set. Default: the one given as clock, so that a test moves both at once. */
  steady?: Clock;
  lock?: LockTimes;
}
