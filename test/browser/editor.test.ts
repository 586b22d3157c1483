import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { nodeTypes } from "../support/dialogs";
import { OpenEditor } from "../support/open-editor";

const root = path.resolve(__dirname, "../..");

interface EditorNode {
  id: string;
  type: string;
}
/** The part of the editor's API that these tests use. */
interface Editor {
  nodes: {
    import(flow: object[]): unknown;
    node(id: string): EditorNode;
    eachNode(visit: (node: EditorNode) => void): void;
    eachConfig(visit: (node: EditorNode) => void): void;
    getType(name: string): { category: string };
    dirty(): boolean;
  };
  editor: { edit(node: EditorNode): void; editConfig(scope: string, type: string, id: string): void };
}
declare const RED: Editor;

/** Every dialog of the packed package in a real browser. */
describe("the editor", function () {
  this.timeout(120_000);
  let editor: OpenEditor;
  let page: Page;
  const types = [...nodeTypes];

  before(async () => {
    editor = await OpenEditor.open({ height: 900 });
    page = editor.page;
  });

  after(async () => {
    await editor.close();
  });

  afterEach(() => {
    editor.assertNoProblems();
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

  /** A label without an entry in the catalogue appears as its key. */
  function assertTranslated(text: string, type: string): void {
    assert.doesNotMatch(
      text,
      /\b(label|placeholder|option|tip|button|section)\.[a-zA-Z]+/,
      `a label of ${type} is missing`,
    );
  }

  it("shows every wireable node in the palette", async () => {
    for (const type of types) {
      const category = await page.evaluate((name) => RED.nodes.getType(name).category, type);
      if (category === "config") continue;
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
        await editor.shoot(type);
        await closeDialog();
      }
    }
    assert.deepEqual(
      types.filter((type) => !opened.has(type)),
      [],
      "types without an example",
    );
  });
});
