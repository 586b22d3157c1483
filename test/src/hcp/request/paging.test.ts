import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { HcpResponse } from "../../../../src/hcp/request/response";
import { gatherPages, walkPages, type HcpPage } from "../../../../src/hcp/request/paging";

const standardPaging = { pageNo: "pageNo", pageSize: "pageSize", list: "list", total: "total" };

/** A platform that computes each response from the body of the request, and its received requests. */
function platform(respond: (body: Record<string, unknown>) => unknown): {
  bodies: Record<string, unknown>[];
  request: (body: object) => Promise<HcpResponse>;
} {
  const bodies: Record<string, unknown>[] = [];
  return {
    bodies,
    request: (body) => {
      bodies.push(body as Record<string, unknown>);
      const data = respond(body as Record<string, unknown>);
      return Promise.resolve({ code: "0", msg: "Success", data, path: "/p", durationMs: 1 });
    },
  };
}

/** `total` entries, of which the platform sends `atMost` per page. */
function entries(total: number, atMost = 500): (body: Record<string, unknown>) => object {
  return ({ pageNo, pageSize }) => {
    const size = Math.min(Number(pageSize), atMost);
    const from = (Number(pageNo) - 1) * size;
    const list = Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, i) => ({
      id: from + i,
    }));
    return { total, pageNo, pageSize, list };
  };
}

async function walked(pages: AsyncIterable<HcpPage>): Promise<HcpPage[]> {
  const all: HcpPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe("walkPages", () => {
  it("requests 500 entries per page until the total is reached", async () => {
    const { request, bodies } = platform(entries(1200));
    const pages = await walked(walkPages(request, standardPaging, { siteIndexCode: "0" }));
    assert.deepEqual(
      bodies,
      [1, 2, 3].map((pageNo) => ({ siteIndexCode: "0", pageNo, pageSize: 500 })),
    );
    assert.deepEqual(
      pages.map(({ index, entries: list, reached, total, pages: count }) => [
        index,
        list.length,
        reached,
        total,
        count,
      ]),
      [
        [0, 500, 500, 1200, 3],
        [1, 500, 1000, 1200, 3],
        [2, 200, 1200, 1200, 3],
      ],
    );
  });

  it("keeps the page size and the first page of the body", async () => {
    const { request, bodies } = platform(entries(7));
    const pages = await walked(walkPages(request, standardPaging, { pageNo: 2, pageSize: 3 }));
    assert.deepEqual(
      bodies.map(({ pageNo }) => pageNo),
      [2, 3],
    );
    assert.equal(pages.at(-1)?.reached, 7);
  });

  it("yields one page if there are no entries", async () => {
    for (const data of [entries(0)({ pageNo: 1, pageSize: 500 }), "", null, { total: 0 }]) {
      const { request, bodies } = platform(() => data);
      const pages = await walked(walkPages(request, standardPaging, {}));
      assert.deepEqual([pages.length, pages[0]?.pages, bodies.length], [1, 1, 1]);
    }
  });

  it("ends with an empty page if there is no total, or the total is too high", async () => {
    for (const total of [undefined, 99_999, "many"]) {
      const { request, bodies } = platform((body) => ({ ...entries(600)(body), total }));
      const pages = await walked(walkPages(request, standardPaging, {}));
      assert.deepEqual([pages.length, pages.at(-1)?.pages, bodies.length], [2, 2, 3]);
    }
  });

  it("ends before a repeated page if there is no total", async () => {
    const { request, bodies } = platform(() => ({ list: [{ id: 1 }, { id: 2 }] }));
    const pages = await walked(walkPages(request, standardPaging, {}));
    assert.deepEqual([pages.length, bodies.length, pages[0]?.pages], [1, 2, 1]);
  });

  it("fails after the first page if every page repeats it and the total is larger", async () => {
    const { request } = platform((body) => entries(1203)({ ...body, pageNo: 1 }));
    const pages: HcpPage[] = [];
    const walk = async (): Promise<void> => {
      for await (const page of walkPages(request, standardPaging, {})) pages.push(page);
    };
    await assert.rejects(walk(), { code: "HCP_REPLY", message: /the same entries .*: received 500 of 1203/ });
    assert.equal(pages.length, 1);
  });

  it("continues if pages are smaller than requested, and guesses no number of pages", async () => {
    const { request } = platform(entries(250, 100));
    const pages = await walked(walkPages(request, standardPaging, {}));
    assert.deepEqual(
      pages.map(({ reached, pages: count }) => [reached, count]),
      [
        [100, undefined],
        [200, undefined],
        [250, 3],
      ],
    );
  });

  it("starts with page 0 of the body, whether the platform counts from 0 or from 1", async () => {
    const from0 = platform((body) => entries(1203)({ ...body, pageNo: Number(body.pageNo) + 1 }));
    const from1 = platform((body) => entries(1203)({ ...body, pageNo: Math.max(1, Number(body.pageNo)) }));
    for (const { request } of [from0, from1]) {
      const pages = await walked(walkPages(request, standardPaging, { pageNo: 0 }));
      assert.deepEqual([pages.length, pages.at(-1)?.reached, pages.at(-1)?.pages], [3, 1203, 3]);
    }
  });

  it("accepts a total as text", async () => {
    const { request, bodies } = platform((body) => ({ ...entries(500)(body), total: "500" }));
    await walked(walkPages(request, standardPaging, {}));
    assert.equal(bodies.length, 1);
  });

  it("uses the operation's fields for page, size, list and total", async () => {
    const nested = { pageNo: "Request.pageIndex", pageSize: "Request.pageSize", list: "V.L", total: "V.Num" };
    const { request, bodies } = platform((body) => {
      const { pageIndex } = body.Request as { pageIndex: number };
      return { V: { L: [{ id: pageIndex }], Num: 2 } };
    });
    const body = { Request: { name: "kept" } };
    const { response, pages } = await gatherPages(walkPages(request, nested, body), nested);
    assert.deepEqual(bodies[1], { Request: { name: "kept", pageIndex: 2, pageSize: 500 } });
    assert.deepEqual([response.data, pages], [{ V: { L: [{ id: 1 }, { id: 2 }], Num: 2 } }, 2]);
    assert.deepEqual(body, { Request: { name: "kept" } });
  });

  it("fails with the error of a page", async () => {
    const { request } = platform((body) => {
      if (body.pageNo === 2) throw new Error("broken");
      return entries(1200)(body);
    });
    await assert.rejects(walked(walkPages(request, standardPaging, {})), /broken/);
  });

  it("yields the pages before a page that fails", async () => {
    const { request } = platform((body) => {
      if (body.pageNo === 3) throw new Error("broken");
      return entries(1203)(body);
    });
    const reached: number[] = [];
    const walk = async (): Promise<void> => {
      for await (const page of walkPages(request, standardPaging, {})) reached.push(page.reached);
    };
    await assert.rejects(walk(), /broken/);
    assert.deepEqual(reached, [500, 1000]);
  });
});

describe("gatherPages", () => {
  it("returns the first response with the entries of all pages", async () => {
    const { request } = platform(entries(1001));
    const { response, pages } = await gatherPages(walkPages(request, standardPaging, {}), standardPaging);
    const { list, ...rest } = response.data as { list: { id: number }[] };
    assert.deepEqual(rest, { total: 1001, pageNo: 1, pageSize: 500 });
    assert.deepEqual(
      list.map(({ id }) => id),
      Array.from({ length: 1001 }, (_, index) => index),
    );
    assert.equal(pages, 3);
  });

  it("rejects a result that does not fit into memory", async () => {
    const { request } = platform(({ pageNo }) => ({ list: Array(500).fill({ id: pageNo }) as object[] }));
    await assert.rejects(gatherPages(walkPages(request, standardPaging, {}), standardPaging), {
      code: "TOO_LARGE",
    });
  });
});
