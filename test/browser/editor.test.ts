import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { linkPackage, startNodeRed, type NodeRedProcess } from "../../tools/node-red";

const root = path.resolve(__dirname, "../..");

interface EditorNode {
  id: string;
  type: string;
}
/** The part of the editor's API that these tests drive it through. */
interface Editor {
  nodes: {
    import(flow: object[]): unknown;
    node(id: string): EditorNode;
    eachNode(visit: (node: EditorNode) => void): void;
    eachConfig(visit: (node: EditorNode) => void): void;
    dirty(): boolean;
  };
  editor: { edit(node: EditorNode): void; editConfig(scope: string, type: string, id: string): void };
}
declare const RED: Editor;

/** Every dialog in a real browser, against the package as built. */
describe("the editor", function () {
  this.timeout(120_000);
  let userDir: string;
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;
  let types: string[];
  const problems: string[] = [];

  before(async () => {
    types = (await readdir(path.join(root, "nodes")))
      .filter((file) => file.endsWith(".editor.ts"))
      .map((file) => file.replace(".editor.ts", ""));
    userDir = await mkdtemp(path.join(os.tmpdir(), "editor-"));
    await linkPackage(userDir);
    const module = process.env.NODE_RED_MODULE;
    const nodeBinary = process.env.NODE_BINARY;
    nodeRed = await startNodeRed({ userDir, ...(module && { module }), ...(nodeBinary && { nodeBinary }) });
    browser = await playwright.launch({
      executablePath: process.env.CHROMIUM_PATH ?? (await chromium.executablePath()),
      args: chromium.args,
    });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().includes("Failed to load resource"))
        problems.push(line.text());
    });
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

  async function importExample(file: string): Promise<void> {
    const flow = JSON.parse(await readFile(path.join(root, "examples", file), "utf8")) as object[];
    await page.evaluate((nodes) => {
      RED.nodes.import(nodes);
    }, flow);
  }

  const dialogText = (): Promise<string> => page.locator(".red-ui-tray .red-ui-tray-body").last().innerText();

  async function closeDialog(): Promise<void> {
    await page.locator("#node-dialog-cancel, #node-config-dialog-cancel").last().click();
    await page.waitForSelector(".red-ui-tray", { state: "detached" });
  }

  /** A label that was not found in the catalogue shows as its key. */
  function assertTranslated(text: string, type: string): void {
    assert.doesNotMatch(
      text,
      /\b(label|placeholder|option|tip|button|section)\.[a-zA-Z]+/,
      `${type} shows a key`,
    );
  }

  it("shows every wireable node in the palette", async () => {
    for (const type of types.filter((name) => !name.endsWith("-config"))) {
      assert.equal(await page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).count(), 1, type);
    }
  });

  it("imports every example and opens the dialog of every node type", async () => {
    const opened = new Set<string>();
    for (const file of await readdir(path.join(root, "examples"))) {
      await importExample(file);
      const nodes = await page.evaluate(() => {
        const found: { id: string; type: string; config: boolean }[] = [];
        RED.nodes.eachNode(({ id, type }) => found.push({ id, type, config: false }));
        RED.nodes.eachConfig(({ id, type }) => found.push({ id, type, config: true }));
        return found;
      });
      for (const { id, type, config } of nodes) {
        if (!types.includes(type) || opened.has(type)) continue;
        opened.add(type);
        await page.evaluate(
          ([nodeId, nodeType, isConfig]) => {
            if (isConfig) RED.editor.editConfig("", nodeType, nodeId);
            else RED.editor.edit(RED.nodes.node(nodeId));
          },
          [id, type, config] as const,
        );
        await page.waitForSelector(".red-ui-tray .red-ui-tray-body .form-row");
        assertTranslated(await dialogText(), type);
        const shots = process.env.SCREENSHOTS;
        if (shots !== undefined) await page.screenshot({ path: path.join(shots, `${type}.png`) });
        await closeDialog();
      }
    }
    assert.deepEqual(
      types.filter((type) => !opened.has(type)),
      [],
      "types without a dialog test",
    );
  });
});
