import assert from "node:assert/strict";
import type { IncomingMessage, RequestListener } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import helper from "node-red-node-test-helper";
import { EventNodeRig, motion, post, token } from "../support/hcp-event-node";
import { plainPost, type PlainPost } from "../support/plain-post";
import { errorsOf } from "../support/node-output";

/** Spelt as no serializer would write it, so that only unchanged bytes are equal. */
const odd = post(motion("odd", { srcName: "Tor \u00fc" }))
  .replace("{", "{ \n\t")
  .replaceAll('":', '" :');
const large = post(motion("large", { padding: " ".repeat(6 * 2 ** 20) }));
const json = { "Content-Type": "application/json" };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a post to a node on Node-RED's HTTP server", () => {
  let rig: EventNodeRig;
  const config = { manageSubscription: false, raw: true };
  const load = async (settings = {}, more = {}): Promise<void> => {
    await rig.load([{ ...config, ...more }], settings);
  };
  const address = (root = ""): string => `${rig.base}${root}/hcp/events/${encodeURIComponent(token)}`;

  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());

  const ways: Record<string, PlainPost & { sent?: string }> = {
    "as JSON": { headers: json },
    "as JSON with an unknown charset": {
      headers: { "Content-Type": "application/json; charset=x-none" },
    },
    "as a form": { headers: { "Content-Type": "application/x-www-form-urlencoded" } },
    "as XML": { headers: { "Content-Type": "application/xml" } },
    "as text": { headers: { "Content-Type": "text/plain" } },
    "without a content type": {},
    "in chunks": { headers: json, chunks: 50 },
    "with gzip": { headers: { ...json, "Content-Encoding": "gzip" }, body: gzipSync(odd) },
    "with deflate": { headers: { ...json, "Content-Encoding": "deflate" }, body: deflateSync(odd) },
    "with brotli, in chunks": {
      headers: { ...json, "Content-Encoding": "br" },
      body: brotliCompressSync(odd),
      chunks: 20,
    },
    "with more than apiMaxLength": { headers: json, body: large, sent: large },
  };
  for (const [how, { sent = odd, body = sent, ...way }] of Object.entries(ways)) {
    it(`arrives byte for byte, sent ${how}`, async () => {
      await load();
      const response = await plainPost(address(), { ...way, body });
      assert.deepEqual([response.status, response.body], [200, '{"code":"0","msg":"OK"}']);
      await rig.messages(1);
      assert.ok(rig.received[0]?.raw?.equals(Buffer.from(sent)));
    });
  }

  const places = {
    "httpAdminRoot /admin": { httpAdminRoot: "/admin" },
    "httpAdminRoot false": { httpAdminRoot: false },
    "httpNodeRoot /api": { httpNodeRoot: "/api" },
    "httpNodeRoot /api/ and httpAdminRoot /api/admin": { httpNodeRoot: "/api/", httpAdminRoot: "/api/admin" },
  } as const;
  for (const [what, settings] of Object.entries(places)) {
    it(`arrives with ${what}`, async () => {
      await load(settings);
      const root = "httpNodeRoot" in settings ? "/api" : "";
      for (const at of [address(root), `${address(root)}/`, address(root.toUpperCase())]) {
        assert.equal((await plainPost(at, { headers: json, body: odd })).status, 200);
      }
    });
  }

  it("arrives over https", async () => {
    await rig.stop();
    rig = await EventNodeRig.start({ tls: true });
    await load();
    assert.equal((await plainPost(address(), { headers: json, body: odd })).status, 200);
  });

  it("is refused if it is larger than the node's limit after decoding", async () => {
    await load();
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const headers = { ...json, "Content-Encoding": "gzip" };
    assert.equal((await plainPost(address(), { headers, body: bomb })).status, 413);
    assert.deepEqual(rig.errors, ["WEBHOOK_REFUSED"]);
  });

  it("is refused above the limit, with a response that a sender receives while it continues to write", async () => {
    await load();
    const body = Buffer.alloc(40 * 2 ** 20, " ");
    for (const chunks of [undefined, 2 ** 20])
      assert.equal((await plainPost(address(), { body, ...(chunks && { chunks }) })).status, 413);
  });

  it("is refused if it cannot be decoded", async () => {
    await load();
    const encoded = (coding: string): PlainPost => ({
      headers: { ...json, "Content-Encoding": coding },
      body: odd,
    });
    assert.equal((await plainPost(address(), encoded("gzip"))).status, 400);
    assert.equal((await plainPost(address(), encoded("zstd"))).status, 415);
  });

  it("needs the credentials of httpNodeAuth, and arrives byte for byte with them", async () => {
    await load({ httpNodeAuth: { user: "site", pass: "word" } });
    const send = (headers: object): Promise<number> =>
      plainPost(address(), { headers: { ...json, ...headers }, body: odd }).then(({ status }) => status);
    assert.equal(await send({}), 401);
    assert.equal(await send({ Authorization: basic("site:guess") }), 401);
    assert.equal(await send({ Authorization: basic("site:word") }), 200);
    await rig.messages(1);
    assert.ok(rig.received[0]?.raw?.equals(Buffer.from(odd)));
  });

  it("shows its content type to the middleware of the settings, which can refuse it", async () => {
    const seen: (string | undefined)[] = [];
    const refuse: (...parts: Parameters<RequestListener>) => void = (request, response) => {
      seen.push(request.headers["content-type"]);
      response.writeHead(418).end();
    };
    await load({ httpNodeMiddleware: refuse });
    assert.equal((await plainPost(address(), { headers: json, body: odd })).status, 418);
    assert.deepEqual(seen, ["application/json"]);
  });

  it("gets its response at once, and the reason is reported, if other code has read its body", async () => {
    const greedy = (request: IncomingMessage, _response: unknown, next: () => void): void => {
      request.resume().once("end", next);
    };
    await load({ httpNodeMiddleware: greedy });
    assert.equal((await plainPost(address(), { headers: json, body: odd })).status, 500);
    const [error] = errorsOf(helper.getNode("subject0")) as { code: string; message: string }[];
    assert.equal(error?.code, "WEBHOOK_REFUSED");
    assert.match(error.message, /has read its body.*separate port/s);
  });

  describe("without effect on others:", () => {
    /** Returns the body that an application behind Node-RED's parsers receives. */
    function listenAt(path: string): Promise<unknown> {
      return new Promise((resolve) => {
        rig.http.app.post(path, (request, response) => {
          response.end();
          resolve(request.body as unknown);
        });
      });
    }

    it("a post to another path is parsed as before", async () => {
      await load();
      const body = listenAt("/hcp/other");
      await plainPost(`${rig.base}/hcp/other`, { headers: json, body: '{"a":1}' });
      assert.deepEqual(await body, { a: 1 });
    });

    it("a post to its path is parsed as before once the node is closed", async () => {
      await load();
      await helper.clearFlows();
      const body = listenAt("/hcp/events/:token");
      await plainPost(address(), { headers: json, body: '{"a":1}' });
      assert.deepEqual(await body, { a: 1 });
    });

    it("the editor's posts are not handled, even with a node at the root", async () => {
      const types = new Map<string, string | undefined>();
      await load({}, { path: "/" });
      rig.http.server.on("request", ({ url = "", headers }: IncomingMessage) => {
        types.set(url, headers["content-type"]);
      });
      for (const path of ["/flows", "/a-token"])
        await plainPost(`${rig.base}${path}`, { headers: json, body: "{}" });
      assert.deepEqual(
        [...types],
        [
          ["/flows", "application/json"],
          ["/a-token", undefined],
        ],
      );
    });
  });

  it("arrives after many redeploys, which leave no listeners on the server", async () => {
    await load();
    const listeners = rig.http.server.listenerCount("request");
    for (let deploy = 0; deploy < 5; deploy += 1) {
      await helper.unload();
      await load();
    }
    assert.equal(rig.http.server.listenerCount("request"), listeners);
    assert.equal((await plainPost(address(), { headers: json, body: odd })).status, 200);
  });

  it("arrives when another module has wrapped the server's listeners, as socket.io does", async () => {
    await load();
    const { server } = rig.http;
    const wrapped = server.listeners("request") as RequestListener[];
    server.removeAllListeners("request");
    server.on("request", (request: IncomingMessage, response: Parameters<RequestListener>[1]) => {
      for (const listener of wrapped) listener(request, response);
    });
    assert.equal((await plainPost(address(), { headers: json, body: odd })).status, 200);
  });
});
