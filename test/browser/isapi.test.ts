import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { OpenEditor } from "../support/open-editor";

interface EditorNode {
  id: string;
  [property: string]: unknown;
}
/** The part of the editor's API that these tests use. */
interface Editor {
  nodes: { node(id: string): EditorNode };
  editor: { edit(node: EditorNode): void };
}
declare const RED: Editor;

const MOTION = "/ISAPI/System/Video/inputs/channels/2/motionDetection";

/** The dialog of isapi-request of the packed package. */
describe("the editor of isapi-request", function () {
  this.timeout(120_000);
  let editor: OpenEditor;
  let page: Page;

  before(async () => {
    const request = { type: "isapi-request", z: "tab", x: 200, wires: [[]], device: "dev" };
    const flow = [
      { id: "tab", type: "tab", label: "Test" },
      { id: "dev", type: "isapi-config", url: "http://127.0.0.1:9", auth: "auto", timeout: "1" },
      // An older flow, without the setting for the operation.
      { ...request, id: "old", y: 100, method: "GET", path: "/ISAPI/System/time", ret: "txt", file: "" },
    ];
    editor = await OpenEditor.open({ flow });
    page = editor.page;
  });

  after(async () => {
    await editor.close();
  });

  afterEach(() => {
    editor.assertNoProblems();
  });

  const open = async (): Promise<void> => {
    await page.evaluate(() => {
      RED.editor.edit(RED.nodes.node("old"));
    });
    await page.waitForSelector("#node-input-operation");
  };
  const close = async (button: "ok" | "cancel"): Promise<void> => {
    await page.locator(`#node-dialog-${button}`).click();
    await page.waitForSelector(".red-ui-tray", { state: "detached" });
  };
  const shown = async (): Promise<string[]> => {
    const names = ["event", "channel", "port", "metadataType", "state", "path", "body"];
    const visible = await Promise.all(names.map((name) => page.locator(`#node-input-${name}`).isVisible()));
    return names.filter((_name, index) => visible[index]);
  };
  const preview = (): Promise<string> => page.innerText("#isapi-request-preview");

  it("shows the path of a node of an older flow", async () => {
    await open();
    assert.equal(await page.inputValue("#node-input-operation"), "");
    assert.equal(await page.inputValue("#node-input-path"), "/ISAPI/System/time");
    assert.equal(await page.inputValue("#node-input-body"), "");
    assert.deepEqual(await shown(), ["path", "body"]);
    await editor.shoot("isapi-request-free");
  });

  it("shows the parameters of the chosen operation, and its request", async () => {
    await page.selectOption("#node-input-operation", "motionDetection");
    assert.deepEqual(await shown(), ["channel", "state"]);
    await page.fill("#node-input-channel", "2");
    assert.equal(await preview(), `GET ${MOTION}`);
    await page.selectOption("#node-input-state", "on");
    assert.equal(await preview(), `GET + PUT ${MOTION}`);
    await editor.shoot("isapi-request-motion");
    await page.selectOption("#node-input-operation", "notifyCenter");
    assert.deepEqual(await shown(), ["event", "channel", "state"]);
    await page.fill("#node-input-event", "linedetection");
    assert.equal(await preview(), "GET + PUT /ISAPI/Event/triggers/linedetection-2/notifications");
    await editor.shoot("isapi-request-notify");
    await page.selectOption("#node-input-operation", "reboot");
    assert.deepEqual(await shown(), []);
    assert.equal(await preview(), "PUT /ISAPI/System/reboot");
    assert.match(await page.innerText("#isapi-request-tip"), /restarts/);
  });

  it("copies the request of an operation into the form", async () => {
    await page.selectOption("#node-input-operation", "alarmOutput");
    await page.fill("#node-input-port", "3");
    await page.click("#isapi-request-edit");
    assert.equal(await page.inputValue("#node-input-operation"), "");
    assert.equal(await page.inputValue("#node-input-method"), "PUT");
    assert.equal(await page.inputValue("#node-input-path"), "/ISAPI/System/IO/outputs/3/trigger");
    assert.match(await page.inputValue("#node-input-body"), /<outputState>high</);
    assert.deepEqual(await shown(), ["path", "body"]);
    await editor.shoot("isapi-request-filled");
  });

  it("keeps the chosen operation", async () => {
    await page.selectOption("#node-input-operation", "lineDetection");
    await page.selectOption("#node-input-state", "payload");
    await close("ok");
    const node = await page.evaluate(() => {
      const { operation, channel, state } = RED.nodes.node("old");
      return { operation, channel, state };
    });
    assert.deepEqual(node, { operation: "lineDetection", channel: "2", state: "payload" });
    await open();
    assert.deepEqual(await shown(), ["channel", "state"]);
    await close("cancel");
  });
});
