import { SurveillanceError } from "../../core/errors";
import type { Paging } from "../catalogue/types";
import type { HcpResponse } from "./response";

/** The most entries a page may have (guide, chapter 5). */
const PAGE_SIZE = 500;
/** What is gathered at most: some hundred megabytes of records. */
const MAX_GATHERED = 200_000;

export interface HcpPage {
  response: HcpResponse;
  /** From 0. */
  index: number;
  entries: readonly unknown[];
  /** Entries of this page and all before it. */
  reached: number;
  /** Entries in all, if the platform sends the number. */
  total?: number;
  /**
   * Pages in all, if known. Certain at the last page; before it, only while every page was as large as requested. Some
   * releases have an undocumented smaller limit.
   */
  pages?: number;
}

/**
 * Reads page by page: from the page and with the page size in the body, else from the first with 500 entries each. Ends
 * when the platform's total is reached, with an empty page, or, without a total, with a page that repeats the one before:
 * such an operation has no pages. Yields a page when the next has arrived, so that the last page is known as the last; or
 * when the next has failed, before the error.
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
      // A caller that cancelled needs no more pages.
      if (held !== undefined && (error as { code?: unknown }).code !== "CLOSED") yield held;
      throw error;
    }
    const entries = listIn(response.data, paging);
    const text = JSON.stringify(entries);
    const total = paging.total === undefined ? undefined : count(at(response.data, paging.total));
    if (held !== undefined) {
      const repeats = entries.length > 0 && text === before;
      // A platform that counts from 1 takes page 0 as page 1.
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
    `For every page of ${path}, HikCentral sends the same entries: ${reached} of ${total} arrived.`,
    { advice: "This release ignores the page number. Narrow the request, so that one page is enough." },
  );
}

/**
 * Reads all pages into one response: that of the first page, with the entries of all pages in its list.
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
        advice: "Send one message per page, or request less at a time.",
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

/** Some releases send numbers as text. */
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

/** A copy with another value at a dotted path. */
function withValue(object: object, path: string, value: unknown): object {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = (object as Record<string, unknown>)[name];
  return {
    ...object,
    [name]: withValue(typeof inner === "object" && inner !== null ? inner : {}, rest.join("."), value),
  };
}
