import assert from "node:assert/strict";
import { AllowList } from "../../../../src/net/webhook/allow-list";
import { HttpAuthenticator } from "../../../../src/net/auth/http-auth";
import type { WebhookResponse, WebhookListener, WebhookPost } from "../../../../src/net/webhook/listener";
import {
  serveWebhook,
  type ServedWebhook,
  type WebhookServerOptions,
} from "../../../../src/net/webhook/server";
import { responses } from "../../../../src/viewtron";
import type { Socket } from "node:net";
import { loopbackTls } from "../../../support/loopback-tls";
import { plainPost, plainSocket } from "../../../support/plain-post";
import {
  cameraStyle,
  recorderStyle,
  ViewtronCamera,
  type CameraOptions,
} from "../../../servers/viewtron-camera";

const body = `<config>${"x".repeat(200_000)}</config>`;

describe("serveWebhook", () => {
  const served: ServedWebhook[] = [];
  const cameras: ViewtronCamera[] = [];
  let posts: WebhookPost[];
  let refusals: string[];

  function listener(changes: Partial<WebhookListener> = {}): WebhookListener {
    return {
      paths: ["/API"],
      allow: new AllowList([]),
      maxBytes: 1024 * 1024,
      receive: (post) => {
        posts.push(post);
        return Promise.resolve(responses.success);
      },
      refused: (error) => refusals.push(error.message),
      ...changes,
    };
  }
  async function open(
    changes: Partial<WebhookListener> = {},
    options: Partial<WebhookServerOptions> = {},
  ): Promise<number> {
    const webhook = serveWebhook({ port: 0, host: "127.0.0.1", ...options }, listener(changes));
    served.push(webhook);
    return webhook.listening;
  }
  function camera(port: number, options: Partial<CameraOptions> = {}): ViewtronCamera {
    const made = new ViewtronCamera({ url: `http://127.0.0.1:${port}/API`, ...options });
    cameras.push(made);
    return made;
  }

  beforeEach(() => {
    posts = [];
    refusals = [];
  });
  afterEach(async () => {
    for (const made of cameras.splice(0)) made.close();
    await Promise.all(served.splice(0).map((webhook) => webhook.close()));
  });

  const styles = {
    "like a camera": cameraStyle,
    "like a recorder, with the whole URL in the request line": recorderStyle,
    "like a recorder without a Host header": { ...recorderStyle, withoutHost: true },
    "over HTTP/1.0": { ...cameraStyle, httpVersion: "1.0", close: true },
    "in chunks": { ...cameraStyle, chunked: true },
    "in small pieces": { ...cameraStyle, slow: { bytes: 20_000, pauseMs: 1 } },
  } as const;
  for (const [how, style] of Object.entries(styles)) {
    it(`receives a post that is sent ${how}`, async () => {
      await camera(await open()).deliver(body, style);
      assert.equal(posts[0]?.body.toString(), body);
      assert.equal(posts[0].sender, "127.0.0.1");
      assert.equal(posts[0].path, "/API");
    });
  }

  it("sends 100 Continue to a sender with Expect, or refuses a body that is too large before it is sent", async () => {
    const port = await open();
    assert.equal(
      (await camera(port).deliver(body, { ...cameraStyle, expectContinue: true })).continued,
      true,
    );
    const refused = await camera(port).post("x".repeat(2 * 1024 * 1024), {
      ...cameraStyle,
      expectContinue: true,
    });
    assert.deepEqual([refused.status, refused.continued], [413, false]);
  });

  it("receives the posts of three hundred cameras at once", async () => {
    const port = await open();
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => camera(port).deliver(`<config>${index}</config>`)),
    );
    assert.equal(new Set(posts.map((post) => post.body.toString())).size, 300);
  });

  it("receives the posts of others while one sender has its maximum of connections", async () => {
    const port = await open();
    const url = `http://127.0.0.1:${port}/API`;
    const idle: Socket[] = [];
    for (let index = 0; index < 600; index += 1) idle.push(await plainSocket(url, "127.0.0.7"));
    const ended = idle.filter((socket) => socket.resume().closed || socket.readableEnded).length;
    for (const from of ["127.0.0.1", "127.0.0.7"])
      assert.equal((await plainPost(url, { from, body })).status, 200);
    assert.ok(ended <= 600 - 400, "most of them are left in peace");
    for (const socket of idle) socket.destroy();
  });

  it("uses the sender that a trusted proxy names for allow lists, responses and reports", async () => {
    const proxies = new AllowList(["127.0.0.1"]);
    const port = await open({ proxies, allow: new AllowList(["192.0.2.0/24"]) });
    const url = `http://127.0.0.1:${port}/API`;
    const post = (forwarded: string, from = "127.0.0.1"): Promise<number> =>
      plainPost(url, { from, headers: { "X-Forwarded-For": forwarded }, body }).then(({ status }) => status);
    assert.deepEqual([await post("192.0.2.7"), await post("198.51.100.1")], [200, 403]);
    assert.equal(await post("192.0.2.7", "127.0.0.2"), 403);
    assert.equal(posts[0]?.sender, "192.0.2.7");
    assert.match(refusals.join("\n"), /198\.51\.100\.1.*\n.*127\.0\.0\.2/);
  });

  it("keeps a connection open for longer than the slowest heartbeat", async () => {
    const sender = camera(await open());
    const response = await sender.deliver("");
    await sender.deliver(body);
    assert.equal(sender.connections, 1);
    assert.match(response.headers.get("keep-alive") ?? "", /timeout=180/);
  });

  it("responds only when the listener has accepted the post", async () => {
    let accept: (response: WebhookResponse) => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      void open({
        receive: () => {
          resolve();
          return new Promise((resolveResponse) => {
            accept = resolveResponse;
          });
        },
      }).then((port) => {
        const sender = camera(port);
        delivered = sender.deliver(body);
        delivered.then(
          () => (hasResponse = true),
          () => undefined,
        );
      });
    });
    let hasResponse = false;
    let delivered: Promise<unknown> = Promise.resolve();
    await arrived;
    await new Promise(setImmediate);
    assert.equal(hasResponse, false);
    accept(responses.success);
    await delivered;
  });

  it("responds with an error if the listener fails", async () => {
    const port = await open({ receive: () => Promise.reject(new Error("no")) });
    assert.equal((await camera(port).post(body)).status, 500);
  });

  it("refuses a body that is too large, announced or not, and names the sender", async () => {
    const port = await open();
    assert.equal((await camera(port).post("x".repeat(2 * 1024 * 1024))).status, 413);
    assert.equal(
      (await camera(port).post("x".repeat(2 * 1024 * 1024), { ...cameraStyle, chunked: true })).status,
      413,
    );
    assert.equal(posts.length, 0);
    assert.match(refusals[0] ?? "", /127\.0\.0\.1.*larger than 1048576 bytes/);
  });

  it("refuses addresses that are not allowed", async () => {
    const port = await open({ allow: new AllowList(["192.0.2.0/24"]) });
    assert.equal((await camera(port).post(body)).status, 403);
    assert.deepEqual([posts.length, refusals.length], [0, 1]);
  });

  for (const auth of ["basic", "digest"] as const) {
    it(`accepts posts with ${auth} credentials only`, async () => {
      const port = await open({
        authenticator: new HttpAuthenticator({ username: "cam", password: "secret" }),
      });
      await camera(port, { auth, username: "cam", password: "secret" }).deliver(body);
      assert.equal((await camera(port, { auth, username: "cam", password: "wrong" }).post(body)).status, 401);
      assert.equal((await camera(port).post(body)).status, 401);
      assert.equal(posts.length, 1);
      assert.equal(refusals.length, 1);
    });
  }

  it("receives posts over TLS", async () => {
    const port = await open({}, { tls: loopbackTls });
    await camera(port, { url: `https://127.0.0.1:${port}/API` }).deliver(body);
    assert.equal(posts.length, 1);
  });

  it("responds 404 without a listener and 405 to methods other than POST", async () => {
    const port = await open();
    assert.equal((await camera(port, { url: `http://127.0.0.1:${port}/other` }).post(body)).status, 404);
    assert.equal((await camera(port).post("", { ...cameraStyle, method: "GET" })).status, 405);
  });

  it("passes every post to all listeners at a path, and responds with the worst of their responses", async () => {
    const port = await open();
    await serveOn(port, { receive: () => Promise.resolve(responses.failed) });
    assert.equal((await camera(port).post(body)).status, 500);
    assert.equal(posts.length, 1);
  });

  it("shares a port between listeners at different paths until the last one is removed", async () => {
    const port = await open();
    const other = await serveOn(port, { paths: ["/other"] });
    await served[0]?.close();
    assert.equal((await camera(port).post(body)).status, 404);
    await camera(port, { url: `http://127.0.0.1:${port}/other` }).deliver(body);
    await other.close();
    await assert.rejects(camera(port).post(body));
  });

  it("does not share a port with TLS with a listener without TLS", async () => {
    const port = await open({}, { tls: loopbackTls });
    await reopen(port, { tls: loopbackTls });
    assert.throws(() => serveWebhook({ port, host: "127.0.0.1" }, listener()), { code: "CONFIG_INVALID" });
  });

  it("reports a port that is in use", async () => {
    const port = await open();
    // The system chose the first server's port, so it is not in the list of shared servers.
    await assert.rejects(serveWebhook({ port, host: "127.0.0.1" }, listener()).listening, {
      code: "WEBHOOK_LISTEN_FAILED",
    });
  });

  it("closes the connections that cameras keep open", async () => {
    const sender = camera(await open());
    await sender.deliver(body);
    await served[0]?.close();
    await assert.rejects(sender.deliver(body));
  });

  it("closes within 2 s, even if a listener never responds and a sender never ends its body", async () => {
    const arrived = new Promise<void>((resolve) => {
      void open({
        receive: () => {
          resolve();
          return new Promise(() => undefined);
        },
      }).then((port) => {
        camera(port).deliver(body).catch(String);
        camera(port)
          .deliver(body, { ...cameraStyle, slow: { bytes: 1, pauseMs: 1000 } })
          .catch(String);
      });
    });
    await arrived;
    const begun = performance.now();
    await served[0]?.close();
    assert.ok(performance.now() - begun < 2000);
  });

  /** Serves another listener on a given port, in place of the first server. */
  async function serveOn(port: number, changes: Partial<WebhookListener>): Promise<ServedWebhook> {
    await reopen(port, {});
    const webhook = serveWebhook({ port, host: "127.0.0.1" }, listener(changes));
    served.push(webhook);
    await webhook.listening;
    return webhook;
  }
  async function reopen(port: number, options: Partial<WebhookServerOptions>): Promise<void> {
    await served[0]?.close();
    served[0] = serveWebhook({ port, host: "127.0.0.1", ...options }, listener());
    await served[0].listening;
  }
});
