import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventArchive from "../../nodes/event-archive/runtime";
import viewtronWebhookIn from "../../nodes/viewtron-webhook-in/runtime";
import type { CommonEvent } from "../../src/events";
import { recorderStyle, ViewtronCamera, type CameraOptions } from "../servers/viewtron-camera";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { jpeg } from "../servers/viewtron/jpeg";
import { NvrPosts } from "../servers/viewtron/nvr-posts";
import { errorsOf, untilShown } from "../support/node-output";
import { freePort, HttpNodes } from "../support/http-nodes";
import { loopbackTls } from "../support/loopback-tls";
import { parseCsv } from "../src/archive/archived-event";

interface EventMessage extends NodeMessage {
  payload: CommonEvent;
  viewtron: { kind: string; dialect: string; sender: string; path: string };
  raw?: Buffer;
}

const posts = new IpcPosts();
const recorder = new NvrPosts();
const overview = jpeg(300_000);
const plate = posts.plate({ plate: "0012345", listType: "whiteList", overview, crop: jpeg() });
const core = (name: string): NodeInitializer =>
  createRequire(__filename)(`@node-red/nodes/core/${name}`) as NodeInitializer;

describe("viewtron-webhook-in", () => {
  let http: HttpNodes;
  let base: string;
  let received: EventMessage[];
  let caught: { message: string; code?: string }[];
  const cameras: ViewtronCamera[] = [];

  async function load(
    configs: object[],
    {
      settings = {},
      nodes = [],
      credentials = {},
    }: { settings?: object; nodes?: object[]; credentials?: object } = {},
  ): Promise<void> {
    const subjects = configs.map((config, index) => ({
      id: `subject${index}`,
      type: "viewtron-webhook-in",
      z: "tab",
      wires: [["out"]],
      ...config,
    }));
    const flow = [
      { id: "tab", type: "tab" },
      ...nodes,
      ...subjects,
      { id: "out", z: "tab", type: "helper" },
      { id: "caught", z: "tab", type: "catch", scope: null, wires: [["errors"]] },
      { id: "errors", z: "tab", type: "helper" },
    ];
    const initializers = [
      http.wrap(viewtronWebhookIn, settings),
      eventArchive,
      core("common/25-catch"),
      core("network/05-tls"),
      core("common/05-junction"),
    ];
    await helper.load(initializers, flow as never, credentials);
    // Invalid settings are reported after all nodes exist.
    await turnOfTheLoop();
    helper.getNode("out").on("input", (msg) => received.push(msg as EventMessage));
    helper
      .getNode("errors")
      .on("input", (msg) => caught.push((msg as unknown as { error: { message: string } }).error));
  }
  function camera(options: Partial<CameraOptions> = {}): ViewtronCamera {
    const made = new ViewtronCamera({ url: `${base}/viewtron`, ...options });
    cameras.push(made);
    return made;
  }
  /** Waits for the messages of a node: Node-RED delivers messages and errors in a later turn. */
  async function until(list: unknown[], length: number, at: string): Promise<void> {
    while (list.length < length) await new Promise((resolve) => helper.getNode(at).once("input", resolve));
  }

  beforeEach(async () => {
    http = new HttpNodes();
    base = await http.listen();
    received = [];
    caught = [];
  });
  afterEach(async () => {
    for (const made of cameras.splice(0)) made.close();
    await helper.unload();
    http.close();
  });

  describe("on Node-RED's HTTP server", () => {
    it("sends a camera's event with its topic and its sender", async () => {
      await load([{}]);
      await camera().deliver(plate);
      await until(received, 1, "out");
      const [msg] = received;
      assert.equal(msg?.payload.targets[0]?.plate, "0012345");
      assert.ok(msg.payload.images[0]?.data?.equals(overview));
      assert.equal(msg.topic, "viewtron/Yard/1/licensePlate");
      assert.deepEqual(msg.viewtron, {
        kind: "data",
        dialect: "ipc",
        sender: "127.0.0.1",
        path: "/viewtron",
      });
      assert.equal("raw" in msg, false);
    });

    it("receives posts of a recorder: the whole URL in the request line, soap+xml, one connection for each post", async () => {
      await load([{}]);
      const sender = camera();
      await sender.deliver(recorder.alarmStatus("perimeterAlarm", true), recorderStyle);
      await sender.deliver(recorder.alarmStatus("perimeterAlarm", false), recorderStyle);
      await until(received, 2, "out");
      const [start, end] = received;
      assert.deepEqual([start?.payload.state, end?.payload.state], ["start", "end"]);
      assert.equal(start?.payload.id, end?.payload.id);
    });

    it("keeps a camera's connection for its next heartbeat, and sends no heartbeats", async () => {
      await load([{}]);
      const sender = camera();
      const response = await sender.deliver("");
      await sender.deliver(posts.heartbeat());
      await sender.deliver(plate);
      await until(received, 1, "out");
      assert.equal(sender.connections, 1);
      assert.match(response.headers.get("keep-alive") ?? "", /timeout=180/);
    });

    it("sends heartbeats, tracks and raw bodies if the options select them", async () => {
      await load([{ heartbeats: true, tracks: "true", raw: true }]);
      const sender = camera();
      await sender.deliver("");
      const track = posts.tracks({
        targetId: 4,
        targetType: "person",
        box: { x1: 0, y1: 0, x2: 5000, y2: 5000 },
      });
      await sender.deliver(track);
      await until(received, 2, "out");
      assert.deepEqual(
        received.map(({ payload }) => payload.type),
        ["heartbeat", "videoMetadata"],
      );
      assert.equal(received[1]?.raw?.toString(), track);
    });

    it("listens at its own path, and at the paths of firmware that has no path setting", async () => {
      await load([{ path: "API" }]);
      await camera({ url: `${base}/API` }).deliver(plate);
      await camera({ url: `${base}/SendAlarmData` }).deliver(plate);
      await camera({ url: `${base}/API/SendAlarmStatus` }).deliver(posts.alarmStatus("motionAlarm", true));
      assert.equal((await camera({ url: `${base}/viewtron` }).post(plate)).status, 404);
      await until(received, 3, "out");
    });

    it("passes a post to every node at its path", async () => {
      await load([{}, {}]);
      await camera().deliver(plate);
      await until(received, 2, "out");
    });

    it("leaves other methods at its path, and other paths, to other nodes", async () => {
      await load([{}]);
      http.app.get("/viewtron", (_request, response) => {
        response.send("page");
      });
      http.app.post("/other", (_request, response) => {
        response.send("other");
      });
      assert.equal(await (await fetch(`${base}/viewtron`)).text(), "page");
      assert.equal(await (await fetch(`${base}/other`, { method: "POST", body: "x" })).text(), "other");
    });

    it("stops listening when it is closed", async () => {
      await load([{}]);
      await camera().deliver(plate);
      await helper.clearFlows();
      assert.equal((await camera().post(plate)).status, 404);
    });

    it("applies the middleware of the settings", async () => {
      const seen: (string | undefined)[] = [];
      const middleware = (request: { url?: string }, _response: unknown, next: () => void): void => {
        seen.push(request.url);
        next();
      };
      await load([{}], { settings: { httpNodeMiddleware: [middleware] } });
      await camera().deliver(plate);
      assert.deepEqual(seen, ["/viewtron"]);
    });

    it("reports how to proceed if Node-RED serves no HTTP nodes", async () => {
      await load([{}], { settings: { httpNodeRoot: false } });
      const [error] = errorsOf(helper.getNode("subject0")) as { code?: string; message: string }[];
      assert.equal(error?.code, "CONFIG_INVALID");
      assert.match(error.message, /separate port/);
    });
  });

  describe("with senders that misbehave", () => {
    it("responds to a body that is not XML, and reports it once with the sender until a valid post", async () => {
      await load([{}]);
      const sender = camera();
      assert.equal((await sender.post("<config><broken>")).status, 400);
      assert.equal((await sender.post("<config><broken>")).status, 400);
      await sender.deliver(plate);
      assert.equal((await sender.post("no xml")).status, 400);
      await until(caught, 2, "errors");
      assert.deepEqual(
        caught.map(({ code }) => code),
        ["VIEWTRON_XML_INVALID", "VIEWTRON_XML_INVALID"],
      );
      assert.match(caught[0]?.message ?? "", /127\.0\.0\.1/);
    });

    it("refuses addresses that are not on its list", async () => {
      await load([{ allow: "192.0.2.0/24, 2001:db8::/32" }]);
      assert.equal((await camera().post(plate)).status, 403);
      await until(caught, 1, "errors");
      assert.equal(caught[0]?.code, "WEBHOOK_REFUSED");
      assert.deepEqual(received, []);
    });

    it("refuses a text that is not a list of addresses", async () => {
      await load([{ allow: "192.0.2.0/99" }]);
      const [error] = errorsOf(helper.getNode("subject0")) as Error[];
      assert.match(error?.message ?? "", /192\.0\.2\.0\/99/);
    });

    for (const auth of ["basic", "digest"] as const) {
      it(`requires credentials: ${auth}`, async () => {
        await load([{}], { credentials: { subject0: { username: "cam", password: "se:cret" } } });
        await camera({ auth, username: "cam", password: "se:cret" }).deliver(plate);
        assert.equal((await camera({ auth, username: "cam", password: "guess" }).post(plate)).status, 401);
        await until(received, 1, "out");
      });
    }
  });

  describe("on a separate port", () => {
    it("reports a port that is in use", async () => {
      await load([{ listen: "port", port: new URL(base).port }]);
      await until(caught, 1, "errors");
      assert.equal(caught[0]?.code, "WEBHOOK_LISTEN_FAILED");
    });

    it("serves HTTPS with the certificate of a tls-config node, for several nodes", async () => {
      const port = await freePort();
      const common = { listen: "port", port: String(port), tls: "tls" };
      await load(
        [
          { ...common, path: "/one" },
          { ...common, path: "/two" },
        ],
        {
          nodes: [{ id: "tls", type: "tls-config", cert: "", key: "", ca: "" }],
          credentials: { tls: { keydata: loopbackTls.key, certdata: loopbackTls.cert } },
        },
      );
      await untilShown(helper.getNode("subject1"), "status.listening");
      await camera({ url: `https://127.0.0.1:${port}/one` }).deliver(plate);
      await camera({ url: `https://127.0.0.1:${port}/two` }).deliver(plate);
      await until(received, 2, "out");
      await helper.clearFlows();
      await assert.rejects(camera({ url: `https://127.0.0.1:${port}/one` }).post(plate));
    });
  });

  describe("connected directly to an event-archive", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    });
    afterEach(async () => {
      await helper.unload();
      await rm(folder, { recursive: true, force: true });
    });
    const archive = (at = folder): object => ({
      id: "archive",
      z: "tab",
      type: "event-archive",
      folder: at,
      wires: [[]],
    });

    it("responds with success only when the event is on disk", async () => {
      await load([{ wires: [["out", "archive"]] }], { nodes: [archive()] });
      await camera().deliver(plate);
      // At this moment, not in a later turn of the event loop.
      const rows = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));
      assert.equal(rows[0]?.plate, "0012345");
    });

    it("finds the archive behind a junction", async () => {
      const junction = { id: "dot", z: "tab", type: "junction", wires: [["archive"]] };
      await load([{ wires: [["dot"]] }], { nodes: [junction, archive()] });
      await camera().deliver(plate);
      assert.equal(parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).length, 1);
    });

    it("does not respond with success if the archive fails, and the archive reports the reason", async () => {
      await writeFile(path.join(folder, "file"), "");
      await load([{ wires: [["archive"]] }], { nodes: [archive(path.join(folder, "file", "below"))] });
      assert.equal((await camera().post(plate)).status, 500);
      await until(caught, 1, "errors");
      assert.equal(caught[0]?.code, "ARCHIVE_WRITE_FAILED");
    });
  });
});
