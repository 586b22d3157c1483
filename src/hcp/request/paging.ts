import { SurveillanceError } from "../../core/errors";
import type { Paging } from "../catalogue/types";
import type { HcpResponse } from "./response";

/** The most entries a page may have (guide, chapter 5). */
const PAGE_SIZE = 500;
/** The most entries in one response: some hundred megabytes of records. */
const MAX_GATHERED = 200_000;

export interface HcpPage {
  response: HcpResponse;
  /** From 0. */
  index: number;
  entries: readonly unknown[];
  /** Entries of this page and all pages before it. */
  reached: number;
  /** Entries in all, if the platform sends the number. */
  total?: number;
  /**
   * Pages in all, if known. Certain at the last page; before it, only while every page was as large as requested. Some
   * versions have an undocumented smaller limit.
   */
  pages?: number;
}

/**
 * Reads page by page, with page and page size of the body; by default, from the first page with 500 entries each. Ends
 * when the platform's total is reached, or with an empty page. Without a total, it also ends with a page that repeats
 * the page before: such an operation has no pages. Yields a page when the next has arrived, so that the last page is
 * known as the last. If the next page fails, the page is yielded before the error.
 *
 * @param request sends a body
 * @throws {SurveillanceError} HCP_REPLY if the platform repeats a page before its total is reached
 */
export async function* walkPages(
  request: (body: object) => Promise<HcpResponse>,
  paging: Paging,
  body: object,
): AsyncGenerator<HcpPage, void> {
  const first = count(at(body, paging.pageNo)) ?? 1;
  const size = positive(at(body, paging.pageSize)) ?? PAGE_SIZE;
  let held: HcpPage | undefined;
  let before = "";
  let allFull = true;
  for (let pageNo = first; ; pageNo += 1) {
    const numbered = withValue(withValue(body, paging.pageNo, pageNo), paging.pageSize, size);
    let response: HcpResponse;
    try {
      response = await request(numbered);
    } catch (error) {
      // After a cancellation, the caller needs no more pages.
      if (held !== undefined && (error as { code?: unknown }).code !== "CLOSED") yield held;
      throw error;
    }
    const entries = listIn(response.data, paging);
    const text = JSON.stringify(entries);
    const total = paging.total === undefined ? undefined : count(at(response.data, paging.total));
    if (held !== undefined) {
      const repeats = entries.length > 0 && text === before;
      // A platform that counts from 1 returns page 1 for page 0.
      if (repeats && pageNo === 1) continue;
      if (repeats && total !== undefined && held.reached < total) {
        yield held;
        throw ignoresPages(response.path, held.reached, total);
      }
      const isOver = repeats || entries.length === 0;
      yield isOver ? { ...held, pages: held.index + 1 } : held;
      if (isOver) return;
    }
    const index = held === undefined ? 0 : held.index + 1;
    const reached = (held?.reached ?? Math.max(0, first - 1) * size) + entries.length;
    allFull &&= entries.length === size;
    held = {
      ...{ response, index, entries, reached },
      ...(total !== undefined && { total }),
      ...(total !== undefined && allFull && { pages: index + 1 + Math.ceil((total - reached) / size) }),
    };
    if (entries.length === 0 || (total !== undefined && reached >= total)) {
      yield { ...held, pages: index + 1 };
      return;
    }
    before = text;
  }
}

function ignoresPages(path: string, reached: number, total: number): SurveillanceError {
  return new SurveillanceError(
    "HCP_REPLY",
    `HikCentral returns the same entries for every page of ${path}: received ${reached} of ${total}.`,
    {
      advice:
        "This HikCentral version ignores the page number. Narrow the request so that one page is enough.",
    },
  );
}

/**
 * Reads all pages into one response: the response of the first page, with the entries of all pages in its list.
 *
 * @throws {SurveillanceError} TOO_LARGE above 200,000 entries
 */
export async function gatherPages(
  pages: AsyncIterable<HcpPage>,
  paging: Paging,
): Promise<{ response: HcpResponse; pages: number }> {
  const entries: unknown[] = [];
  let read = 0;
  let durationMs = 0;
  let response: HcpResponse = { code: "0", msg: "", data: "", path: "", durationMs: 0 };
  for await (const page of pages) {
    if (read === 0) response = page.response;
    read += 1;
    durationMs += page.response.durationMs;
    if (entries.length + page.entries.length > MAX_GATHERED) {
      throw new SurveillanceError("TOO_LARGE", `The response has more than ${MAX_GATHERED} entries.`, {
        advice: "Choose one message per page, or narrow the request.",
      });
    }
    for (const entry of page.entries) entries.push(entry);
  }
  if (read > 1)
    response = { ...response, durationMs, data: withValue(response.data as object, paging.list, entries) };
  return { response, pages: read };
}

function listIn(data: unknown, { list }: Paging): readonly unknown[] {
  const entries = at(data, list);
  return Array.isArray(entries) ? entries : [];
}

function positive(value: unknown): number | undefined {
  const number = count(value);
  return number === undefined || number < 1 ? undefined : number;
}

/** Returns the number, also from a text: some versions send numbers as text. */
function count(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(".")) {
    found =
      typeof found === "object" && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  }
  return found;
}

/** Returns a copy with another value at a dotted path. */
function withValue(object: object, path: string, value: unknown): object {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = (object as Record<string, unknown>)[name];
  return {
    ...object,
    [name]: withValue(typeof inner === "object" && inner !== null ? inner : {}, rest.join("."), value),
  };
}
