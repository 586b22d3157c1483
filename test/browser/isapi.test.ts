import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { deploy, linkPackage, startNodeRed, type NodeRedProcess } from "../../tools/node-red";

interface EditorNode {
  id: string;
  [property: string]: unknown;
}
/** The part of the editor's API that these tests drive it through. */
interface Editor {
  nodes: { node(id: string): EditorNode };
  editor: { edit(node: EditorNode): void };
}
declare const RED: Editor;

const MOTION = "/ISAPI/System/Video/inputs/channels/2/motionDetection";

/** The dialog of isapi-request, against the package as built. */
describe("the editor of isapi-request", function () {
  this.timeout(120_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  before(async () => {
    userDir = await mkdtemp(path.join(os.tmpdir(), "editor-isapi-"));
    await linkPackage(userDir);
    const module = process.env.NODE_RED_MODULE;
    const nodeBinary = process.env.NODE_BINARY;
    nodeRed = await startNodeRed({ userDir, ...(module && { module }), ...(nodeBinary && { nodeBinary }) });
    const request = { type: "isapi-request", z: "tab", x: 200, wires: [[]], device: "dev" };
    await deploy(nodeRed.url, [
      { id: "tab", type: "tab", label: "Test" },
      { id: "dev", type: "isapi-config", url: "http://127.0.0.1:9", auth: "auto", timeout: "1" },
      // As flows had it before there were operations.
      { ...request, id: "old", y: 100, method: "GET", path: "/ISAPI/System/time", ret: "txt", file: "" },
    ]);
    browser = await playwright.launch({
      executablePath: process.env.CHROMIUM_PATH ?? (await chromium.executablePath()),
      args: chromium.args,
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(nodeRed.url);
    await page.waitForSelector(".red-ui-palette-node");
  });

  after(async () => {
    await browser.close();
    await nodeRed.stop();
    await rm(userDir, { recursive: true, force: true });
  });

  afterEach(() => {
    assert.deepEqual(problems.splice(0), []);
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
  const shoot = async (name: string): Promise<void> => {
    const shots = process.env.SCREENSHOTS;
    if (shots !== undefined) await page.screenshot({ path: path.join(shots, `${name}.png`) });
  };
  const shown = async (): Promise<string[]> => {
    const names = ["event", "channel", "port", "metadataType", "state", "path", "body"];
    const visible = await Promise.all(names.map((name) => page.locator(`#node-input-${name}`).isVisible()));
    return names.filter((_name, index) => visible[index]);
  };
  const preview = (): Promise<string> => page.innerText("#isapi-request-preview");

  it("shows a node of before as it was", async () => {
    await open();
    assert.equal(await page.inputValue("#node-input-operation"), "");
    assert.equal(await page.inputValue("#node-input-path"), "/ISAPI/System/time");
    assert.equal(await page.inputValue("#node-input-body"), "");
    assert.deepEqual(await shown(), ["path", "body"]);
    await shoot("isapi-request-free");
  });

  it("asks for what the chosen operation has to know, and shows the request it makes", async () => {
    await page.selectOption("#node-input-operation", "motionDetection");
    assert.deepEqual(await shown(), ["channel", "state"]);
    await page.fill("#node-input-channel", "2");
    assert.equal(await preview(), `GET ${MOTION}`);
    await page.selectOption("#node-input-state", "on");
    assert.equal(await preview(), `GET + PUT ${MOTION}`);
    await shoot("isapi-request-motion");
    await page.selectOption("#node-input-operation", "notifyCenter");
    assert.deepEqual(await shown(), ["event", "channel", "state"]);
    await page.fill("#node-input-event", "linedetection");
    assert.equal(await preview(), "GET + PUT /ISAPI/Event/triggers/linedetection-2/notifications");
    await shoot("isapi-request-notify");
    await page.selectOption("#node-input-operation", "reboot");
    assert.deepEqual(await shown(), []);
    assert.equal(await preview(), "PUT /ISAPI/System/reboot");
    assert.match(await page.innerText("#isapi-request-tip"), /away/);
  });

  it("fills the form with an operation's request, to go on from there", async () => {
    await page.selectOption("#node-input-operation", "alarmOutput");
    await page.fill("#node-input-port", "3");
    await page.click("#isapi-request-edit");
    assert.equal(await page.inputValue("#node-input-operation"), "");
    assert.equal(await page.inputValue("#node-input-method"), "PUT");
    assert.equal(await page.inputValue("#node-input-path"), "/ISAPI/System/IO/outputs/3/trigger");
    assert.match(await page.inputValue("#node-input-body"), /<outputState>high</);
    assert.deepEqual(await shown(), ["path", "body"]);
    await shoot("isapi-request-filled");
  });

  it("keeps what was chosen", async () => {
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
