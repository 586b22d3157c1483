import assert from "node:assert/strict";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { jpeg } from "../servers/viewtron/jpeg";
import { ListeningWorld, type ListeningOptions } from "../support/listening-world";
import { rawPost, type RawResponse, type RawRequest } from "../support/raw-http";
import { startReverseProxy, type ReverseProxy } from "../support/reverse-proxy";
import { Sidebar } from "../support/sidebar";
import { serveHttps, uncomment } from "../support/settings-file";

const tls = path.resolve(__dirname, "../support/tls");
const certificate = { key: path.join(tls, "loopback-key.pem"), cert: path.join(tls, "loopback-cert.pem") };
/** The credentials of the example in Node-RED's default settings file: user "user", password "password". */
const basic = `Basic ${Buffer.from("user:password").toString("base64")}`;

const typed = (type: string): RawRequest => ({ headers: { "Content-Type": type } });
/** The ways in which senders post. */
const styles: readonly (readonly [string, RawRequest])[] = [
  ["as JSON", typed("application/json;charset=UTF-8")],
  ["as a form", typed("application/x-www-form-urlencoded")],
  ["as XML", typed("application/xml")],
  ["as text/xml", typed('text/xml; charset="UTF-8"')],
  ["without a content type", {}],
  ["as JSON in chunks", { ...typed("application/json"), chunked: true }],
  ["as a form in chunks", { ...typed("application/x-www-form-urlencoded"), chunked: true }],
  ["as JSON, after 100 Continue", { ...typed("application/json"), expectContinue: true }],
];
/** The default limit of Node-RED, `apiMaxLength`, is 5 MB. */
const big = 5_500_000;
/** The limit of the listening nodes is 16 MiB. */
const tooBig = 16 * 1024 * 1024 + 1;

interface Sender {
  name: string;
  url: (world: ListeningWorld) => string;
  /** Returns the body of a post with an event that carries this mark. */
  body: (mark: string, size?: number) => Buffer;
}

const posts = new IpcPosts();
const plate = (mark: string, size = 0): Buffer =>
  Buffer.from(posts.plate({ plate: mark, ...(size > 0 && { overview: jpeg(size) }) }));
const motion = (mark: string, size = 0): Buffer =>
  Buffer.from(
    JSON.stringify({
      method: "OnEventNotify",
      params: {
        ...{ sendTime: "2026-03-02T 09:00:01.000+01:00", ability: "event_vss" },
        events: [
          {
            ...{ eventId: mark, eventType: 131331, srcIndex: "31", srcType: "camera", srcName: "Gate" },
            ...{ status: 1, happenTime: "2026-03-02T 09:00:00.000+01:00", remark: "é".repeat(size / 2) },
          },
        ],
      },
    }),
  );

const onNodeRed: readonly Sender[] = [
  {
    name: "viewtron-webhook-in",
    url: ({ world }) => `${world.origin}/viewtron`,
    body: plate,
  },
  { name: "hcp-event-in", url: (world) => world.destination("node-red"), body: motion },
];
const onOwnPort: readonly Sender[] = [
  {
    name: "viewtron-webhook-in on its own port",
    url: ({ ports }) => `http://127.0.0.1:${ports.viewtron}/viewtron`,
    body: plate,
  },
  { name: "hcp-event-in on its own port", url: (world) => world.destination("port"), body: motion },
];

let marks = 0;
const newMark = (): string => `MARK${(marks += 1)}`;

/** Defines tests with every style of post for each of these nodes. */
function acceptsEveryPost(
  listening: () => ListeningWorld,
  senders: readonly Sender[],
  { at = (url: string) => url, more = {} }: { at?: (url: string) => string; more?: RawRequest } = {},
): void {
  const deliver = (sender: Sender, body: Buffer, style: RawRequest): Promise<RawResponse> =>
    rawPost(at(sender.url(listening())), {
      ...style,
      ...more,
      headers: { ...style.headers, ...more.headers },
      body,
    });

  for (const sender of senders) {
    for (const [name, style] of styles) {
      it(`${sender.name} accepts an event ${name}, byte for byte`, async () => {
        const mark = newMark();
        const body = sender.body(mark);
        const response = await deliver(sender, body, style);
        assert.equal(response.status, 200, response.body);
        assert.equal(response.continued, style.expectContinue ?? false);
        const { raw } = await listening().emitted(mark);
        assert.ok(Buffer.from(raw, "base64").equals(body));
      });
    }

    it(`${sender.name} accepts a compressed event`, async () => {
      const mark = newMark();
      const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
      const response = await deliver(sender, gzipSync(sender.body(mark)), { headers });
      assert.equal(response.status, 200, response.body);
      await listening().emitted(mark);
    });

    it(`${sender.name} accepts an event above the limit of Node-RED`, async () => {
      const mark = newMark();
      const body = sender.body(mark, big);
      const response = await deliver(sender, body, typed("application/json"));
      assert.equal(response.status, 200, response.body);
      assert.equal((await listening().emitted(mark)).raw.length, Math.ceil(body.length / 3) * 4);
    });

    it(`${sender.name} rejects an event above its own limit`, async () => {
      const body = Buffer.alloc(tooBig, " ");
      const response = await deliver(sender, body, { ...typed("application/json"), expectContinue: true });
      assert.equal(response.status, 413, response.body);
    });
  }
}

/** Starts a world before the tests of the current suite, and stops it after them. */
function listeningWith(options: () => ListeningOptions): () => ListeningWorld {
  let listening: ListeningWorld | undefined;
  before(async function () {
    this.timeout(180_000);
    listening = await ListeningWorld.start(options());
  });
  after(async () => {
    await listening?.stop();
  });
  return () => {
    if (listening === undefined) throw new Error("Node-RED has not started");
    return listening;
  };
}

describe("listening nodes in an installed Node-RED", function () {
  this.timeout(10_000);

  describe("with the default settings", () => {
    const listening = listeningWith(() => ({}));
    acceptsEveryPost(listening, [...onNodeRed, ...onOwnPort]);

    it("leaves other paths to http in nodes", async () => {
      const { world } = listening();
      const body = JSON.stringify({ left: "alone" });
      const response = await rawPost(`${world.origin}/other`, { ...typed("application/json"), body });
      assert.deepEqual([response.status, JSON.parse(response.body)], [200, { left: "alone" }]);
    });

    it("leaves a GET of its path to Node-RED", async () => {
      const { world } = listening();
      assert.equal((await rawPost(`${world.origin}/viewtron`, { method: "GET" })).status, 404);
    });

    it("keeps the limit of Node-RED for other paths", async () => {
      const { world } = listening();
      const body = JSON.stringify({ text: "x".repeat(big) });
      const response = await rawPost(`${world.origin}/other`, {
        ...typed("application/json"),
        ...{ body, expectContinue: true },
      });
      assert.equal(response.status, 413);
    });

    it("rejects a post to the callback without its token", async () => {
      const { world } = listening();
      const response = await rawPost(`${world.origin}/hcp/events`, {
        ...typed("application/json"),
        body: motion(newMark()),
      });
      assert.equal(response.status, 401);
    });
  });

  describe("behind a reverse proxy", () => {
    let proxy: ReverseProxy | undefined;
    const listening = listeningWith(() => ({
      behind: async (origin) => {
        proxy = await startReverseProxy(origin);
        return proxy.url;
      },
    }));
    after(async () => {
      await proxy?.close();
    });
    const throughProxy = (url: string): string => {
      const { pathname } = new URL(url);
      return `${proxy?.url ?? ""}${pathname}`;
    };
    // The proxy sends 100 Continue itself, before the node sees the length.
    acceptsEveryPost(listening, onNodeRed, { at: throughProxy });

    it("reads the sender from a trusted proxy", async () => {
      const mark = newMark();
      const response = await rawPost(`${proxy?.url ?? ""}/proxied`, {
        ...typed("application/xml"),
        ...{ body: plate(mark), localAddress: "127.0.0.2" },
      });
      assert.equal(response.status, 200, response.body);
      assert.equal((await listening().emitted(mark)).sender, "127.0.0.2");
    });

    it("does not read the sender from other clients", async () => {
      const { world } = listening();
      const headers = { "Content-Type": "application/xml", "X-Forwarded-For": "127.0.0.2" };
      const body = plate(newMark());
      const direct = { headers, body, localAddress: "127.0.0.3" };
      assert.equal((await rawPost(`${world.origin}/proxied`, direct)).status, 403);
    });
  });

  describe("with httpAdminRoot /admin", () => {
    const listening = listeningWith(() => ({
      settings: (written) => uncomment(written, "httpAdminRoot", "'/admin'"),
    }));
    acceptsEveryPost(listening, onNodeRed);
  });

  describe("with httpAdminRoot false", () => {
    const listening = listeningWith(() => ({
      settings: (written) => uncomment(written, "httpAdminRoot", "false"),
    }));
    acceptsEveryPost(listening, onNodeRed);
  });

  describe("with httpNodeRoot /api", () => {
    const listening = listeningWith(() => ({
      settings: (written) => uncomment(written, "httpNodeRoot", "'/api'"),
    }));
    const below = (url: string): string => {
      const { origin, pathname } = new URL(url);
      return pathname.startsWith("/api/") ? url : `${origin}/api${pathname}`;
    };
    acceptsEveryPost(listening, onNodeRed, { at: below });
  });

  describe("with https", () => {
    const listening = listeningWith(() => ({
      scheme: "https",
      settings: (written) => serveHttps(written, certificate),
    }));
    acceptsEveryPost(listening, onNodeRed);
  });

  describe("with httpNodeAuth", () => {
    const listening = listeningWith(() => ({ settings: (written) => uncomment(written, "httpNodeAuth") }));

    it("shows a status at the nodes on the server with the login, and not at the others", async () => {
      const sidebar = await Sidebar.open(listening().world);
      try {
        for (const id of ["hcp", "viewtron"]) {
          await sidebar.status(id, ({ text = "" }) => text.includes("own port"));
        }
        for (const id of ["hcp-port", "viewtron-port"]) {
          await sidebar.status(id, ({ text = "" }) => !text.includes("own port"));
        }
      } finally {
        sidebar.close();
      }
    });

    acceptsEveryPost(listening, onNodeRed, { more: { headers: { Authorization: basic } } });
    acceptsEveryPost(listening, onOwnPort);

    for (const { name, url, body } of onNodeRed) {
      it(`${name} does not receive a post without the login`, async () => {
        const response = await rawPost(url(listening()), {
          ...typed("application/json"),
          body: body(newMark()),
        });
        assert.equal(response.status, 401);
      });
    }
  });
});
