import type { HcpClient } from "./client";
import { fieldsOf, listOf, numberOf, type Fields } from "../values";

/** The most rows of a page (guide, 5.5.2). */
export const PAGE_SIZE = 500;

export interface RecordPage {
  rows: Fields[];
  /** Rows of all pages; undefined if the platform does not send the number. */
  total: number | undefined;
}

export async function recordPage(
  client: HcpClient,
  path: string,
  body: object,
  pageNo: number,
  signal: AbortSignal,
): Promise<RecordPage> {
  const { data } = await client.request(path, { ...body, pageNo, pageSize: PAGE_SIZE }, { signal });
  const page = fieldsOf(data);
  return { rows: listOf(page?.list), total: numberOf(page?.total) };
}

/** Reads every row of a paged operation. Ends with the last row of `total`, an empty page, or a repeated page. */
export async function* eachRecord(
  client: HcpClient,
  path: string,
  body: object,
  signal: AbortSignal,
  first?: RecordPage,
): AsyncGenerator<Fields> {
  let before = "";
  let count = 0;
  for (let pageNo = 1; ; pageNo += 1) {
    const page =
      pageNo === 1 && first !== undefined ? first : await recordPage(client, path, body, pageNo, signal);
    const { rows, total } = page;
    const head = JSON.stringify(rows[0]);
    if (rows.length === 0 || head === before) return;
    yield* rows;
    before = head;
    count += rows.length;
    if (count >= (total ?? Number.POSITIVE_INFINITY)) return;
  }
}
