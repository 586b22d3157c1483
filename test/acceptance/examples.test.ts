import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { filledExample, type ExampleNode } from "../support/filled-example";
import { OpenEditor } from "../support/open-editor";
import { Sidebar } from "../support/sidebar";
import { SimulatedSite } from "../support/simulated-site";

interface EditorNode {
  id: string;
  type: string;
  valid: boolean;
  validationErrors?: string[];
}
/** The part of the editor's API that these tests use. */
interface Editor {
  nodes: {
    clear(): void;
    dirty(dirty: boolean): void;
    eachNode(visit: (node: EditorNode) => void): void;
    eachConfig(visit: (node: EditorNode) => void): void;
  };
  view: { importNodes(nodes: object[], options: object): void };
}
declare const RED: Editor;

const examples = readdirSync(path.resolve(__dirname, "../../examples"));
/** Nodes that begin to work when they are deployed, and say so. */
const begins = /^(hcp-event-in|isapi-alertstream-in|rtsp-metadata|viewtron-webhook-in|yolo-detect)$/;
/** What a node says before it knows whether it can work. */
const beginning = /^(connecting|opening|subscribing|loading|starting)/;

/** Every example as its user gets it to work: imported into the editor, filled in, deployed. */
describe("the examples, in a user's editor", function () {
  this.timeout(30_000);
  let site: SimulatedSite;
  let editor: OpenEditor;
  let page: Page;
  let sidebar: Sidebar;

  before(async function () {
    this.timeout(240_000);
    site = await SimulatedSite.open();
    editor = await OpenEditor.open({ installation: "dashboard" });
    page = editor.page;
    page.setDefaultTimeout(10_000);
    sidebar = await Sidebar.open(editor.nodeRed);
  });
  after(async () => {
    sidebar.close();
    await editor.close();
    await site.close();
  });

  /** Replaces what is in the editor with these nodes, as its import dialog imports them. */
  async function importOnly(nodes: readonly ExampleNode[]): Promise<void> {
    await page.evaluate((imported) => {
      RED.nodes.clear();
      RED.view.importNodes(imported, { touchImport: true, generateIds: false, notify: false });
      // Dropping the imported nodes does this, which a touch does not.
      RED.nodes.dirty(true);
    }, nodes as object[]);
    await page.waitForSelector("#red-ui-header-button-deploy:not(.disabled)");
  }

  /** What has a red triangle, and what its tooltip says. */
  async function invalidNodes(): Promise<string[]> {
    const all = await page.evaluate(() => {
      const found: EditorNode[] = [];
      RED.nodes.eachNode((node) => found.push(node));
      RED.nodes.eachConfig((node) => found.push(node));
      return found.map(({ id, type, valid, validationErrors }) => ({ id, type, valid, validationErrors }));
    });
    return all
      .filter(({ valid, type }) => !valid || type === "unknown")
      .map(({ id, type, validationErrors = [] }) => `${type} ${id}: ${validationErrors.join("; ")}`);
  }

  /** Presses Deploy, and returns what the editor asks or complains about before or after it has deployed. */
  async function pressDeploy(): Promise<string[]> {
    const deployed = page.waitForResponse((response) => {
      return response.request().method() === "POST" && response.url().endsWith("/flows");
    });
    deployed.catch(() => undefined);
    const notifications = page.locator(".red-ui-notification:not([data-passed])");
    await page.click("#red-ui-header-button-deploy");
    await notifications.first().waitFor();
    const said = await notifications.allInnerTexts();
    const asks = await notifications.locator(".red-ui-deploy-dialog-confirm-list").count();
    if (asks === 0) await deployed;
    return said.filter((text) => !text.trim().startsWith("Successfully deployed"));
  }

  /** Passes over what the editor has said so far; a question is answered with Cancel. */
  async function passOver(): Promise<void> {
    const cancel = page.locator(".red-ui-notification:not([data-passed]) button", { hasText: "Cancel" });
    if ((await cancel.count()) > 0) await cancel.first().click();
    await page.evaluate(() => {
      for (const each of document.querySelectorAll(".red-ui-notification")) {
        each.setAttribute("data-passed", "");
      }
    });
  }

  /** Waits until every node that begins to work by itself has said whether it can, and returns their red statuses. */
  async function failedNodes(nodes: readonly ExampleNode[]): Promise<string[]> {
    const own = nodes.filter(
      ({ type, mode, autostart, source }) =>
        begins.test(type) ||
        (type === "isapi-thermometry" && mode === "realtime") ||
        (type === "rtsp-frames" && autostart === true && source !== "msg"),
    );
    const failed: string[] = [];
    for (const { id, type } of own) {
      const { text = "", fill } = await sidebar.status(id, (status) => !beginning.test(status.text ?? ""));
      if (fill === "red") failed.push(`${type} ${id}: ${text}`);
    }
    return failed;
  }

  /** What Node-RED has warned of since its output was so long. */
  function warnedSince(length: number): string[] {
    const said = editor.nodeRed.output().slice(length);
    return said.match(/^.*\[(warn|error)\][^]*?(?=^\d|$)/gm) ?? [];
  }

  for (const file of examples) {
    describe(file, () => {
      let nodes: ExampleNode[];
      before(async () => {
        nodes = await filledExample(file, site, editor.nodeRed.origin);
        await passOver();
        await importOnly(nodes);
      });

      it("shows no red triangle", async () => {
        assert.deepEqual(await invalidNodes(), []);
      });

      it("is deployed without a question, and warns of nothing", async () => {
        const before = editor.nodeRed.output().length;
        assert.deepEqual(await pressDeploy(), []);
        assert.deepEqual(await failedNodes(nodes), []);
        assert.deepEqual(warnedSince(before), []);
        editor.assertNoProblems();
      });

      it("is deployed anew in the middle of its work, and warns of nothing", async () => {
        await passOver();
        const before = editor.nodeRed.output().length;
        await page.evaluate(() => {
          RED.nodes.dirty(true);
        });
        assert.deepEqual(await pressDeploy(), []);
        assert.deepEqual(await failedNodes(nodes), []);
        assert.deepEqual(warnedSince(before), []);
        editor.assertNoProblems();
      });
    });
  }
});
