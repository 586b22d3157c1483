import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { configuredExample, type ExampleNode } from "../support/configured-example";
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
/** Nodes that start to work when they are deployed, and show a status. */
const starters = /^(hcp-event-in|isapi-alertstream-in|rtsp-metadata|viewtron-webhook-in|yolo-detect)$/;
/** Statuses of a node that is starting. */
const starting = /^(connecting|opening|subscribing|loading|starting)/;

/** Every example as a user tries it: imported into the editor, configured and deployed. */
describe("the examples in the editor", function () {
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

  /** Replaces all nodes in the editor, like its import dialog. */
  async function importOnly(nodes: readonly ExampleNode[]): Promise<void> {
    await page.evaluate((imported) => {
      RED.nodes.clear();
      RED.view.importNodes(imported, { touchImport: true, generateIds: false, notify: false });
      // The editor does this when the user drops the nodes with a mouse.
      RED.nodes.dirty(true);
    }, nodes as object[]);
    await page.waitForSelector("#red-ui-header-button-deploy:not(.disabled)");
  }

  /** Returns the nodes with a red triangle, with its tooltip. */
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

  /** Presses Deploy. @returns the questions and warnings of the editor */
  async function pressDeploy(): Promise<string[]> {
    const deployed = page.waitForResponse((response) => {
      return response.request().method() === "POST" && response.url().endsWith("/flows");
    });
    deployed.catch(() => undefined);
    const notifications = page.locator(".red-ui-notification:not([data-dismissed])");
    await page.click("#red-ui-header-button-deploy");
    await notifications.first().waitFor();
    const texts = await notifications.allInnerTexts();
    const asks = await notifications.locator(".red-ui-deploy-dialog-confirm-list").count();
    if (asks === 0) await deployed;
    return texts.filter((text) => !text.trim().startsWith("Successfully deployed"));
  }

  /** Ignores the current notifications, and cancels a question. */
  async function dismissNotifications(): Promise<void> {
    const cancel = page.locator(".red-ui-notification:not([data-dismissed]) button", { hasText: "Cancel" });
    if ((await cancel.count()) > 0) await cancel.first().click();
    await page.evaluate(() => {
      for (const each of document.querySelectorAll(".red-ui-notification")) {
        each.setAttribute("data-dismissed", "");
      }
    });
  }

  /** Waits until every node that starts to work when it is deployed shows a result. @returns the red statuses */
  async function failedNodes(nodes: readonly ExampleNode[]): Promise<string[]> {
    const started = nodes.filter(
      ({ type, mode, autostart, source }) =>
        starters.test(type) ||
        (type === "isapi-thermometry" && mode === "realtime") ||
        (type === "rtsp-frames" && autostart === true && source !== "msg"),
    );
    const failed: string[] = [];
    for (const { id, type } of started) {
      const { text = "", fill } = await sidebar.status(id, (status) => !starting.test(status.text ?? ""));
      if (fill === "red") failed.push(`${type} ${id}: ${text}`);
    }
    return failed;
  }

  /** Returns the warnings and errors in the log of Node-RED after the first `length` characters. */
  function warnedSince(length: number): string[] {
    const log = editor.nodeRed.output().slice(length);
    return log.match(/^.*\[(warn|error)\][^]*?(?=^\d|$)/gm) ?? [];
  }

  for (const file of examples) {
    describe(file, () => {
      let nodes: ExampleNode[];
      before(async function () {
        nodes = await configuredExample(file, site, editor.nodeRed.origin);
        const needsNats = nodes.some(({ type }) => type === "nats-jetstream");
        if (needsNats && site.nats === undefined) this.skip();
        await dismissNotifications();
        await importOnly(nodes);
      });

      it("shows no red triangle", async () => {
        assert.deepEqual(await invalidNodes(), []);
      });

      it("is deployed without questions and warnings", async () => {
        const before = editor.nodeRed.output().length;
        assert.deepEqual(await pressDeploy(), []);
        assert.deepEqual(await failedNodes(nodes), []);
        assert.deepEqual(warnedSince(before), []);
        editor.assertNoProblems();
      });

      it("is deployed again while it works, without questions and warnings", async () => {
        await dismissNotifications();
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
