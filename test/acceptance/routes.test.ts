import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { loginOf, withAdminAuth } from "../support/admin-users";
import { startWorld, type World } from "../support/world";

interface Route {
  method: string;
  path: string;
  permission: string;
}
/** A request with the marked secrets, to a port where nothing listens. */
interface Sample {
  at?: string;
  body?: object;
}

const nodes = path.resolve(__dirname, "../../nodes");
const secrets = { entered: "entered-Secret-1", stored: "stored-Secret-2", key: "stored-Secret-3" };
const closed = "http://127.0.0.1:9";

/** One request for each route. A route without a request fails the test. */
const samples: Readonly<Record<string, Sample>> = {
  "post /isapi-config/test": { body: { url: closed, username: "admin", password: secrets.entered } },
  "get /isapi-config/:id/channels": { at: "/isapi-config/device/channels" },
  "post /isapi-config/discover": { body: {} },
  "post /hcp-config/test": {
    body: { server: { id: "server", url: closed, credentials: { appKey: "1", appSecret: secrets.entered } } },
  },
  "post /hcp-config/resources": { body: { server: { id: "server", url: closed }, kind: "camera" } },
  "get /hcp-request/operations": {},
  "post /hcp-event-in/test": { body: { id: "events" } },
  "post /nats-jetstream/test": {
    body: {
      servers: "nats://127.0.0.1:9",
      username: "cam",
      password: secrets.entered,
      token: secrets.entered,
    },
  },
  "post /inference-server/test": {
    body: { urls: closed, model: "yolo", timeout: "1", token: secrets.entered },
  },
};

const flow = [
  { id: "tab", type: "tab", label: "Routes" },
  { id: "device", type: "isapi-config", url: closed },
  { id: "server", type: "hcp-config", url: closed },
  { id: "events", type: "hcp-event-in", z: "tab", server: "server", path: "/hcp/events", wires: [[]] },
];
const credentials = {
  device: { username: "admin", password: secrets.stored },
  server: { appKey: secrets.key, appSecret: secrets.stored },
  events: { token: secrets.stored },
};

const files = readdirSync(nodes, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => [name.replaceAll("\\", "/"), readFileSync(path.join(nodes, name), "utf8")] as const);
const registration = /adminRoute\(RED, \{\s*method: "(\w+)",\s*path: "([^"]+)",\s*permission: "([^"]+)"/g;
const routes: Route[] = files.flatMap(([, source]) =>
  [...source.matchAll(registration)].map(([, method = "", at = "", permission = ""]) => ({
    ...{ method, path: at, permission },
  })),
);

describe("the editor's routes in an installed Node-RED with adminAuth", function () {
  this.timeout(30_000);
  let world: World;
  let users: Record<"anonymous" | "reader" | "admin", Record<string, string>>;

  before(async function () {
    this.timeout(180_000);
    world = await startWorld({ settings: withAdminAuth, flow, credentials });
    users = { anonymous: {}, reader: await loginOf(world, "reader"), admin: await loginOf(world, "admin") };
  });
  after(async () => {
    await world.stop();
  });

  async function send(
    { method, path: declared }: Route,
    user: keyof typeof users,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const { at = declared, body } = samples[`${method} ${declared}`] ?? {};
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    const response = await fetch(`${world.url}${at}`, {
      ...{ method, headers: { ...json, ...users[user], ...headers } },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  it("are all registered with a method, a path and a permission that this test reads", () => {
    const calls = files.flatMap(([, source]) => [...source.matchAll(/\badminRoute\(RED,/g)]);
    assert.equal(routes.length, calls.length);
    assert.ok(routes.length > 0);
  });

  it("are added in one place only", () => {
    const using = files.filter(([, source]) => /\bhttpAdmin\b(?!Root)/.test(source)).map(([name]) => name);
    assert.deepEqual(using, ["kit/admin-routes.ts"]);
  });

  it("have a request in this test, and no request is left over", () => {
    const known = routes.map(({ method, path: at }) => `${method} ${at}`);
    assert.deepEqual(Object.keys(samples).sort(), known.sort());
  });

  for (const route of routes) {
    describe(`${route.method} ${route.path}`, () => {
      it("needs the permission for its node type, to write if it sends anything", () => {
        const [type, action] = route.permission.split(".");
        assert.equal(type, route.path.split("/")[1]);
        assert.ok(action === "write" || (action === "read" && route.method === "get"), route.permission);
      });

      it("refuses a request without a login", async () => {
        assert.equal((await send(route, "anonymous")).status, 401);
      });

      it(`${route.permission.endsWith(".write") ? "refuses" : "answers"} a user who may only read`, async () => {
        const { status } = await send(route, "reader");
        assert.equal(status === 401, route.permission.endsWith(".write"), String(status));
      });

      it("refuses a page of another site, even with the login of an administrator", async () => {
        for (const headers of [{ Origin: "http://evil.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
          const { status, text } = await send(route, "admin", headers);
          assert.deepEqual([status, (JSON.parse(text) as { code: string }).code], [403, "FORBIDDEN"]);
        }
      });

      it("answers an administrator without a secret", async () => {
        const { status, text } = await send(route, "admin");
        assert.notEqual(status, 401);
        assert.notEqual(status, 403);
        assert.notEqual(status, 404);
        for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), text);
      });
    });
  }

  it("put no secret into the log", () => {
    for (const secret of Object.values(secrets)) assert.ok(!world.output().includes(secret));
  });
});
