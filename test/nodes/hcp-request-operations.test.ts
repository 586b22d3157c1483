import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import hcpRequest from "../../nodes/hcp-request/runtime";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { wireHcpNode } from "../support/hcp-node";
import { statusesOf } from "../support/node-output";
import type { WiredNode } from "../support/wired-node";

interface RequestResult extends NodeMessage {
  hcp: { path: string; pages: number; code: string; durationMs: number };
  parts?: { id: string; index: number; count?: number };
  url?: string;
  mimeType?: string;
}

const splitAndJoin = createRequire(__filename)("@node-red/nodes/core/sequence/17-split") as NodeInitializer;
const credentials = { appKey: "21000006", appSecret: "request-operations-secret" };

describe("the hcp-request node with operations of the catalogue", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const wire = (config: object): Promise<WiredNode<RequestResult>> =>
    wireHcpNode(hcpRequest, { type: "hcp-request", ...config }, { url: gateway.url }, credentials);
  const bodies = (): Record<string, unknown>[] =>
    gateway.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  const manyCameras = (count: number): void => {
    gateway.platform.cameras = Array.from({ length: count }, (_, index) => ({
      ...{ cameraIndexCode: String(index), cameraName: `Camera ${index}`, regionIndexCode: "5" },
      ...{ presets: [], patrols: [] },
    }));
  };

  it("calls the chosen operation, or the operation in the message", async () => {
    const { handle, received } = await wire({ operation: "resource/cameras" });
    await handle({ payload: { pageNo: 1, pageSize: 2 } });
    await handle({ operation: "common/version", payload: {} });
    await handle({ operation: "custom", path: "/api/common/v1/version", payload: {} });
    assert.deepEqual(
      received.map(({ hcp }) => hcp.path),
      ["resource/v1/cameras", "common/v1/version", "common/v1/version"].map((path) => `/artemis/api/${path}`),
    );
    assert.equal((received[0]?.payload as { list: object[] }).list.length, 2);
  });

  it("names the wrong parameter and sends nothing", async () => {
    const { handle, node } = await wire({ operation: "video/ptzs/controlling" });
    const error = await handle({ payload: { cameraIndexCode: "31", action: 5, command: "LEFT", speed: 30 } });
    assert.equal(error?.code, "HCP_PARAMETER_INVALID");
    assert.match(error.message, /action must be one of 0 \(start\), 1 \(stop\), got 5/);
    assert.equal(statusesOf(node).at(-1), "status.error.HCP_PARAMETER_INVALID");
    assert.equal(gateway.requests.length, 0);
  });

  it("accepts fields that are not in the catalogue", async () => {
    const { handle } = await wire({ operation: "video/presets/searches" });
    assert.equal(await handle({ payload: { cameraIndexCode: "31", ofLaterVersions: true } }), undefined);
    assert.deepEqual(bodies(), [{ cameraIndexCode: "31", ofLaterVersions: true }]);
  });

  it("writes times in the platform's format, from a Date, a number or a text", async () => {
    const { handle } = await wire({ operation: "video/cameras/playbackURLs" });
    const day = Date.UTC(2024, 2, 1);
    for (const [beginTime, endTime] of [
      [new Date(day), new Date(day + 3_600_000)],
      [day, day + 3_600_000],
      ["2024-03-01T00:00:00.000Z", "2024-03-01T01:00:00Z"],
    ]) {
      const payload = { cameraIndexCode: "31", recordType: "0", protocol: "rtsp_s", beginTime, endTime };
      assert.equal(await handle({ payload }), undefined);
    }
    for (const { beginTime, endTime } of bodies()) {
      assert.match(String(beginTime), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/);
      assert.deepEqual([beginTime, endTime].map(String).map(Date.parse), [day, day + 3_600_000]);
    }
  });

  it("rejects a period that is too long", async () => {
    const { handle } = await wire({ operation: "video/cameras/playbackURLs" });
    const error = await handle({
      payload: { cameraIndexCode: "31", recordType: "0", beginTime: "2024-03-01", endTime: "2024-03-05" },
    });
    assert.match(error?.message ?? "", /beginTime and endTime must not be more than 3 days apart/);
  });

  it("reports an unknown operation when it starts", async () => {
    const { node, handle } = await wire({ operation: "resource/kameras" });
    assert.equal(statusesOf(node).at(-1), "status.error.CONFIG_INVALID");
    assert.equal((await handle({}))?.code, "CONFIG_INVALID");
    await helper.unload();
    const { handle: other } = await wire({ operation: "custom" });
    assert.equal((await other({ operation: "resource/kameras" }))?.code, "CONFIG_INVALID");
  });

  describe("paging", () => {
    it("all: sends one message with all pages", async () => {
      manyCameras(1100);
      const { handle, received } = await wire({ operation: "resource/cameras", paging: "all" });
      assert.equal(await handle({ payload: {}, topic: "kept" }), undefined);
      assert.equal(received.length, 1);
      const [msg] = received;
      const { list, total } = msg?.payload as { list: object[]; total: number };
      assert.deepEqual([list.length, total, msg?.hcp.pages, msg?.topic], [1100, 1100, 3, "kept"]);
      assert.deepEqual(
        bodies(),
        [1, 2, 3].map((pageNo) => ({ pageNo, pageSize: 500 })),
      );
    });

    it("pages: sends one message per page, with msg.parts for a join node", async () => {
      manyCameras(5);
      const { handle, received } = await wire({ operation: "resource/cameras", paging: "pages" });
      const payload = { pageSize: 2 };
      assert.equal(await handle({ payload, topic: "kept" }), undefined);
      assert.deepEqual(
        received.map(({ payload: page, parts, hcp, topic }) => [
          (page as { list: object[] }).list.length,
          parts?.index,
          parts?.count,
          hcp.pages,
          topic,
        ]),
        [
          [2, 0, 3, 1, "kept"],
          [2, 1, 3, 2, "kept"],
          [1, 2, 3, 3, "kept"],
        ],
      );
      assert.equal(new Set(received.map(({ parts }) => parts?.id)).size, 1);
      assert.deepEqual(payload, { pageSize: 2 });
    });

    it("shows its progress", async () => {
      manyCameras(3);
      const { node, handle } = await wire({ operation: "resource/cameras", paging: "pages" });
      await handle({ payload: { pageSize: 1 } });
      assert.ok(statusesOf(node).includes("status.progress"));
      assert.equal(statusesOf(node).at(-1), "status.answered");
    });

    it("sends one request if the operation has no pages", async () => {
      for (const paging of ["all", "pages"]) {
        const { handle, received } = await wire({ operation: "common/version", paging });
        await handle({});
        assert.deepEqual([received.length, received[0]?.hcp.pages, received[0]?.parts], [1, 1, undefined]);
        await helper.unload();
      }
    });

    it("works with a path outside the catalogue", async () => {
      manyCameras(501);
      const { handle, received } = await wire({ path: "/api/resource/v1/cameras", paging: "all" });
      await handle({ payload: {} });
      assert.equal((received[0]?.payload as { list: object[] }).list.length, 501);
    });

    it("sends the pages before a page that fails", async () => {
      manyCameras(4);
      const { handle, received } = await wire({ operation: "resource/cameras", paging: "pages" });
      gateway.on("request", () => {
        if (gateway.requests.length === 2) gateway.fail({ code: "0x00052102" });
      });
      assert.equal((await handle({ payload: { pageSize: 1 } }))?.code, "HCP_FAILED");
      assert.equal(received.length, 2);
    });

    for (const tellsCap of [true, false]) {
      it(`joins to one message if the platform ${tellsCap ? "reports" : "hides"} that its pages are smaller`, async () => {
        manyCameras(25);
        gateway.platform.paging = { cap: 10, tellsCap };
        await wireHcpNode(
          hcpRequest,
          { type: "hcp-request", operation: "resource/cameras", paging: "pages", wires: [["joining"]] },
          { url: gateway.url },
          credentials,
          {
            initializers: [splitAndJoin],
            nodes: [{ ...{ id: "joining", z: "tab", type: "join" }, mode: "auto", wires: [["out"]] }],
          },
        );
        const joined = once(helper.getNode("out"), "input") as Promise<[NodeMessage]>;
        helper.getNode("subject").receive({ payload: {} });
        const pages = (await joined)[0].payload as { list: object[] }[];
        assert.deepEqual(
          pages.map(({ list }) => list.length),
          [10, 10, 5],
        );
      });
    }

    it("reports an error if the platform ignores the page number, with all and pages", async () => {
      manyCameras(1203);
      gateway.platform.paging = { ignoresPageNo: true };
      for (const [paging, messages] of [
        ["all", 0],
        ["pages", 1],
      ] as const) {
        const { handle, received } = await wire({ operation: "resource/cameras", paging });
        const error = await handle({ payload: {} });
        assert.equal(error?.code, "HCP_REPLY");
        assert.match(error.message, /received 500 of 1203/);
        assert.equal(received.length, messages);
        await helper.unload();
      }
    });

    it("stops when the node is closed", async () => {
      manyCameras(10);
      const { node } = await wire({ operation: "resource/cameras", paging: "all" });
      gateway.fail("hang", 1, "resource/v1/cameras");
      node.receive({ payload: { pageSize: 1 } });
      await once(gateway, "request");
      const hungUp = once(gateway, "hungUp");
      await helper.clearFlows();
      await hungUp;
      assert.equal(gateway.requests.length, 1);
    });
  });

  describe("stream URLs", () => {
    const camera = { cameraIndexCode: "31" };

    it("are in msg.url for rtsp-frames", async () => {
      const { handle, received } = await wire({ operation: "video/cameras/previewURLs" });
      await handle({ payload: { ...camera, protocol: "rtsp_s" } });
      const { url } = received[0]?.payload as { url: string };
      assert.match(url, /^rtsp:\/\//);
      assert.equal(received[0]?.url, url);
    });

    it("for the vendor's players are an error with advice, and stay in the message", async () => {
      for (const operation of ["previewURLs", "talkURLs"]) {
        const { handle, received } = await wire({ operation: `video/cameras/${operation}` });
        const msg: NodeMessage = { payload: camera };
        const error = await handle(msg);
        assert.equal(error?.code, "HCP_STREAM_PROPRIETARY");
        assert.match(error.message, /rtsp_s/);
        assert.equal(received.length, 0);
        assert.match((msg.payload as { url: string }).url, /^\[sms:/);
        await helper.unload();
      }
    });

    it("do not change msg.url in other responses", async () => {
      const { handle, received } = await wire({ operation: "common/version" });
      await handle({ url: "kept" });
      assert.equal(received[0]?.url, "kept");
    });
  });
});
