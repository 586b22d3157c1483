import assert from "node:assert/strict";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { jpeg } from "../servers/viewtron/jpeg";
import { ListeningWorld, type ListeningOptions } from "../support/listening-world";
import { rawPost, type RawAnswer, type RawRequest } from "../support/raw-http";
import { startReverseProxy, type ReverseProxy } from "../support/reverse-proxy";
import { Sidebar } from "../support/sidebar";
import { serveHttps, uncomment } from "../support/settings-file";

const tls = path.resolve(__dirname, "../support/tls");
const certificate = { key: path.join(tls, "loopback-key.pem"), cert: path.join(tls, "loopback-cert.pem") };
/** What is commented out in the settings file Node-RED writes: the user "user" with the password "password". */
const basic = `Basic ${Buffer.from("user:password").toString("base64")}`;

const typed = (type: string): RawRequest => ({ headers: { "Content-Type": type } });
/** How senders post, whatever the body is. */
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
/** Node-RED's own limit, `apiMaxLength`, is 5 MB unless its user sets another. */
const big = 5_500_000;
/** No listening node takes more than 16 MiB. */
const tooBig = 16 * 1024 * 1024 + 1;

interface Sender {
  name: string;
  url: (world: ListeningWorld) => string;
  /** The body of a post that holds an event with this mark. */
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

/** Every way to post to every one of these nodes. */
function takesEveryPost(
  listening: () => ListeningWorld,
  senders: readonly Sender[],
  { at = (url: string) => url, more = {} }: { at?: (url: string) => string; more?: RawRequest } = {},
): void {
  const deliver = (sender: Sender, body: Buffer, style: RawRequest): Promise<RawAnswer> =>
    rawPost(at(sender.url(listening())), {
      ...style,
      ...more,
      headers: { ...style.headers, ...more.headers },
      body,
    });

  for (const sender of senders) {
    for (const [name, style] of styles) {
      it(`${sender.name} takes an event ${name}, byte for byte`, async () => {
        const mark = newMark();
        const body = sender.body(mark);
        const answer = await deliver(sender, body, style);
        assert.equal(answer.status, 200, answer.body);
        assert.equal(answer.continued, style.expectContinue ?? false);
        const { raw } = await listening().emitted(mark);
        assert.ok(Buffer.from(raw, "base64").equals(body));
      });
    }

    it(`${sender.name} takes a compressed event`, async () => {
      const mark = newMark();
      const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
      const answer = await deliver(sender, gzipSync(sender.body(mark)), { headers });
      assert.equal(answer.status, 200, answer.body);
      await listening().emitted(mark);
    });

    it(`${sender.name} takes an event larger than Node-RED's own limit`, async () => {
      const mark = newMark();
      const body = sender.body(mark, big);
      const answer = await deliver(sender, body, typed("application/json"));
      assert.equal(answer.status, 200, answer.body);
      assert.equal((await listening().emitted(mark)).raw.length, Math.ceil(body.length / 3) * 4);
    });

    it(`${sender.name} refuses what is larger than its own limit`, async () => {
      const body = Buffer.alloc(tooBig, " ");
      const answer = await deliver(sender, body, { ...typed("application/json"), expectContinue: true });
      assert.equal(answer.status, 413, answer.body);
    });
  }
}

/** Starts a world before, and stops it after, the tests of the suite around it. */
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

describe("nodes that listen, in a user's Node-RED", function () {
  this.timeout(10_000);

  describe("with the settings that Node-RED writes", () => {
    const listening = listeningWith(() => ({}));
    takesEveryPost(listening, [...onNodeRed, ...onOwnPort]);

    it("leaves other paths to the flow's http in nodes", async () => {
      const { world } = listening();
      const body = JSON.stringify({ left: "alone" });
      const answer = await rawPost(`${world.origin}/other`, { ...typed("application/json"), body });
      assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { left: "alone" }]);
    });

    it("leaves a GET of its path to Node-RED", async () => {
      const { world } = listening();
      assert.equal((await rawPost(`${world.origin}/viewtron`, { method: "GET" })).status, 404);
    });

    it("leaves what is too large for Node-RED, and for another path, to Node-RED", async () => {
      const { world } = listening();
      const body = JSON.stringify({ text: "x".repeat(big) });
      const answer = await rawPost(`${world.origin}/other`, {
        ...typed("application/json"),
        ...{ body, expectContinue: true },
      });
      assert.equal(answer.status, 413);
    });

    it("refuses a post to the callback without its token", async () => {
      const { world } = listening();
      const answer = await rawPost(`${world.origin}/hcp/events`, {
        ...typed("application/json"),
        body: motion(newMark()),
      });
      assert.equal(answer.status, 401);
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
    // The proxy answers 100 Continue itself, before anybody has looked at the length.
    takesEveryPost(listening, onNodeRed, { at: throughProxy });

    it("sees the sender that a trusted proxy names", async () => {
      const mark = newMark();
      const answer = await rawPost(`${proxy?.url ?? ""}/proxied`, {
        ...typed("application/xml"),
        ...{ body: plate(mark), localAddress: "127.0.0.2" },
      });
      assert.equal(answer.status, 200, answer.body);
      assert.equal((await listening().emitted(mark)).sender, "127.0.0.2");
    });

    it("believes nobody else's word about the sender", async () => {
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
    takesEveryPost(listening, onNodeRed);
  });

  describe("with httpAdminRoot false", () => {
    const listening = listeningWith(() => ({
      settings: (written) => uncomment(written, "httpAdminRoot", "false"),
    }));
    takesEveryPost(listening, onNodeRed);
  });

  describe("with httpNodeRoot /api", () => {
    const listening = listeningWith(() => ({
      settings: (written) => uncomment(written, "httpNodeRoot", "'/api'"),
    }));
    const below = (url: string): string => {
      const { origin, pathname } = new URL(url);
      return pathname.startsWith("/api/") ? url : `${origin}/api${pathname}`;
    };
    takesEveryPost(listening, onNodeRed, { at: below });
  });

  describe("with https", () => {
    const listening = listeningWith(() => ({
      scheme: "https",
      settings: (written) => serveHttps(written, certificate),
    }));
    takesEveryPost(listening, onNodeRed);
  });

  describe("with httpNodeAuth", () => {
    const listening = listeningWith(() => ({ settings: (written) => uncomment(written, "httpNodeAuth") }));

    it("says at the nodes that share the log-in's server, and only there, that posts are refused", async () => {
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

    takesEveryPost(listening, onNodeRed, { more: { headers: { Authorization: basic } } });
    takesEveryPost(listening, onOwnPort);

    for (const { name, url, body } of onNodeRed) {
      it(`${name} gets no post without the log-in`, async () => {
        const answer = await rawPost(url(listening()), {
          ...typed("application/json"),
          body: body(newMark()),
        });
        assert.equal(answer.status, 401);
      });
    }
  });
});
