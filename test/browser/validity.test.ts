import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { nodeDefaults } from "../support/node-options";
import { OpenEditor } from "../support/open-editor";

interface EditorNode {
  id: string;
  type: string;
  valid: boolean;
  validationErrors?: string[];
}
declare const RED: {
  nodes: { import(flow: object[]): unknown; clear(): void; node(id: string): EditorNode | null };
  editor: { edit(node: EditorNode | null): void };
};

const server = { id: "hcp", type: "hcp-config", url: "https://hcp.test" };
const inference = { id: "inference", type: "inference-server", urls: "http://192.0.2.7", model: "yolo" };
const device = { id: "isapi", type: "isapi-config", url: "192.0.2.9" };

const nats = { id: "nats", type: "nats-jetstream" };

/** The settings without a default, which every flow has. */
const required: Readonly<Record<string, object>> = {
  "detection-draw": {},
  "detection-rule": {},
  "event-archive": {},
  "events-in": {},
  "events-out": {},
  "hcp-alarm-out": { server: "hcp" },
  "hcp-event-in": { server: "hcp", callbackUrl: "http://192.0.2.1:1880" },
  "hcp-request": { server: "hcp" },
  "isapi-alertstream-in": { device: "isapi" },
  "isapi-audio": { device: "isapi" },
  "isapi-ptz": { device: "isapi" },
  "isapi-recordings": { device: "isapi" },
  "isapi-request": { device: "isapi" },
  "isapi-snapshot": { device: "isapi" },
  "isapi-thermometry": { device: "isapi" },
  "rtsp-frames": { url: "rtsp://192.0.2.9/live" },
  "rtsp-metadata": { url: "rtsp://192.0.2.9/live" },
  "viewtron-webhook-in": {},
  "yolo-detect": { model: "model.onnx" },
};

describe("the red triangle", function () {
  this.timeout(120_000);
  let editor: OpenEditor;
  let page: Page;

  before(async () => {
    editor = await OpenEditor.open();
    page = editor.page;
  });
  after(async () => {
    await editor.close();
  });
  afterEach(async () => {
    await page.evaluate(() => {
      RED.nodes.clear();
    });
    editor.assertNoProblems();
  });

  /** Imports nodes like a pasted flow, without defaults. @returns the problems of the node, [] if it is valid */
  async function problemsOf(node: object & { type: string }): Promise<string[] | undefined> {
    const flow = [
      { id: "tab", type: "tab", label: "old" },
      ...[server, device, inference, nats],
      { id: "node", z: "tab", x: 100, y: 100, wires: [], ...node },
    ];
    return page.evaluate((nodes) => {
      RED.nodes.import(nodes);
      const { valid, validationErrors } = RED.nodes.node("node") ?? { valid: false };
      return valid ? [] : (validationErrors ?? ["invalid"]);
    }, flow);
  }

  for (const [type, settings] of Object.entries(required)) {
    it(`is not shown at a ${type} of an older flow`, async () => {
      assert.deepEqual(await problemsOf({ type, ...settings }), []);
    });
  }

  for (const [type, settings] of Object.entries(required)) {
    it(`is not shown at a ${type} of an older flow after "Done", which saves the defaults`, async () => {
      await problemsOf({ type, ...settings });
      await page.evaluate(() => {
        RED.editor.edit(RED.nodes.node("node"));
      });
      await page.waitForSelector(".red-ui-tray .red-ui-tray-body .form-row");
      await page.locator("#node-dialog-ok").click();
      await page.waitForSelector(".red-ui-tray", { state: "detached" });
      const { valid, saved } = await page.evaluate(() => {
        const node = RED.nodes.node("node");
        return { valid: node?.valid, saved: JSON.parse(JSON.stringify({ ...node, _def: null })) as object };
      });
      assert.equal(valid, true);
      const expected = { ...nodeDefaults(type), ...settings };
      const names = Object.keys(expected).filter((name) => name in saved);
      const pick = (from: object): object =>
        Object.fromEntries(names.map((name) => [name, String((from as Record<string, unknown>)[name])]));
      assert.deepEqual(pick(saved), pick(expected));
    });
  }

  const invalid: [string, object][] = [
    ["rtsp-frames", { source: "url", url: "" }],
    ["rtsp-frames", {}],
    ["rtsp-frames", { source: "url", url: "http://192.0.2.9/live" }],
    ["rtsp-frames", { source: "isapi", device: "" }],
    ["rtsp-frames", { source: "isapi", device: "gone" }],
    ["rtsp-metadata", { source: "isapi", device: "" }],
    ["rtsp-metadata", { source: "url", url: "" }],
    ["hcp-event-in", { server: "hcp", callbackUrl: "" }],
    ["hcp-event-in", { server: "", callbackUrl: "http://192.0.2.1:1880" }],
    ["isapi-snapshot", { device: "" }],
    ["yolo-detect", { model: "" }],
    ["yolo-detect", { runsOn: "server", inferenceServer: "" }],
    ["yolo-detect", { runsOn: "server", inferenceServer: "gone" }],
    ["viewtron-webhook-in", { listen: "port", port: "" }],
    ["events-out", { store: "nats", server: "" }],
    ["events-out", { folder: "" }],
    ["events-in", { store: "nats", server: "gone" }],
    ["events-in", { consumer: "two words" }],
  ];
  for (const [type, settings] of invalid) {
    it(`is shown at a ${type} with ${JSON.stringify(settings)}`, async () => {
      assert.notDeepEqual(await problemsOf({ type, ...settings }), []);
    });
  }

  const valid: [string, object][] = [
    ["rtsp-frames", { source: "msg", url: "", device: "" }],
    ["rtsp-frames", { source: "isapi", device: "isapi", url: "" }],
    ["rtsp-frames", { source: "url", url: "rtsp://192.0.2.9/live", device: "" }],
    ["rtsp-frames", { source: "url", url: "rtsp://${CAMERA}/live" }],
    ["hcp-event-in", { server: "hcp", callbackUrl: "", manageSubscription: false }],
    ["viewtron-webhook-in", { listen: "node-red", port: "" }],
    ["events-out", { store: "nats", server: "nats", folder: "" }],
    ["events-in", { store: "nats", server: "nats", filter: "surveillance.*.Gate.>" }],
    ["yolo-detect", { runsOn: "server", inferenceServer: "inference", model: "" }],
    ["event-archive", { retainDays: null, maxBytes: null, csvSeparator: null }],
    ["detection-rule", { hits: null, zones: null, trackSeconds: null }],
  ];
  for (const [type, settings] of valid) {
    it(`is not shown at a ${type} with ${JSON.stringify(settings)}`, async () => {
      assert.deepEqual(await problemsOf({ type, ...settings }), []);
    });
  }
});
