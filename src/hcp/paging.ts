import { SurveillanceError } from "../errors";
import type { Paging } from "./catalogue/types";
import type { HcpReply } from "./reply";

/** The most entries a page may have (guide, chapter 5). */
const PAGE_SIZE = 500;
/** What is gathered at most: some hundred megabytes of records. */
const MAX_GATHERED = 200_000;

export interface HcpPage {
  reply: HcpReply;
  /** From 0. */
  index: number;
  entries: readonly unknown[];
  /** Entries of this page and all before it. */
  reached: number;
  /** Entries in all, where the platform tells. */
  total?: number;
  /** Pages in all, where that is known; that of the last page is certain, as platforms change while they are read. */
  pages?: number;
}

/**
 * Reads page by page: from the page and with the page size that the body has, else from the first with 500 entries each.
 * It ends when the platform's total is reached, with an empty page, or with a page that repeats the one before: there
 * are operations that ignore the page number. Each page is handed out when the next has come, so the last knows itself.
 *
 * @param ask sends a body
 */
export async function* walkPages(
  ask: (body: object) => Promise<HcpReply>,
  paging: Paging,
  body: object,
): AsyncGenerator<HcpPage, void> {
  const first = positive(at(body, paging.pageNo)) ?? 1;
  const size = positive(at(body, paging.pageSize)) ?? PAGE_SIZE;
  let held: HcpPage | undefined;
  let before = "";
  for (let index = 0; ; index += 1) {
    const numbered = withValue(withValue(body, paging.pageNo, first + index), paging.pageSize, size);
    const reply = await ask(numbered);
    const entries = listIn(reply.data, paging);
    const text = JSON.stringify(entries);
    if (held !== undefined && (entries.length === 0 || text === before)) {
      yield { ...held, pages: index };
      return;
    }
    if (held !== undefined) yield held;
    const total = paging.total === undefined ? undefined : count(at(reply.data, paging.total));
    const reached = (held?.reached ?? (first - 1) * size) + entries.length;
    held = { reply, index, entries, reached, ...(total !== undefined && guess(total, reached, size, index)) };
    if (entries.length === 0 || (total !== undefined && reached >= total)) {
      yield { ...held, pages: index + 1 };
      return;
    }
    before = text;
  }
}

/**
 * Reads all pages into one answer: the first page's, with the entries of all of them in its list.
 *
 * @throws {SurveillanceError} TOO_LARGE above 200,000 entries
 */
export async function gatherPages(
  pages: AsyncIterable<HcpPage>,
  paging: Paging,
): Promise<{ reply: HcpReply; pages: number }> {
  const entries: unknown[] = [];
  let read = 0;
  let reply: HcpReply = { code: "0", msg: "", data: "", path: "", durationMs: 0 };
  for await (const page of pages) {
    if (read === 0) reply = page.reply;
    read += 1;
    if (entries.length + page.entries.length > MAX_GATHERED) {
      throw new SurveillanceError("TOO_LARGE", `The answer has more than ${MAX_GATHERED} entries.`, {
        advice: "Have a message for each page, or ask for less at a time.",
      });
    }
    for (const entry of page.entries) entries.push(entry);
  }
  if (read > 1) reply = { ...reply, data: withValue(reply.data as object, paging.list, entries) };
  return { reply, pages: read };
}

function guess(
  total: number,
  reached: number,
  size: number,
  index: number,
): Pick<HcpPage, "total" | "pages"> {
  const left = Math.max(0, total - reached);
  return { total, pages: index + 1 + Math.ceil(left / size) };
}

function listIn(data: unknown, { list }: Paging): readonly unknown[] {
  const entries = at(data, list);
  return Array.isArray(entries) ? entries : [];
}

function positive(value: unknown): number | undefined {
  const number = count(value);
  return number === undefined || number < 1 ? undefined : number;
}

/** Some releases write numbers as texts. */
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
