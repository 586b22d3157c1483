import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";

interface EditorNode {
  id: string;
}
declare const RED: {
  nodes: { import(flow: object[]): unknown; clear(): void; node(id: string): EditorNode | null };
  editor: {
    edit(node: EditorNode | null): void;
    editConfig(scope: string, type: string, id: string): void;
  };
};
declare const $: (selector: string) => { find(selector: string): { show(): void } };

const nodes = path.resolve(__dirname, "../../nodes");

/** Every node type of this package. */
export const nodeTypes: readonly string[] = readdirSync(nodes).filter((folder) =>
  existsSync(path.join(nodes, folder, "runtime.ts")),
);

function isConfig(type: string): boolean {
  return readFileSync(path.join(nodes, type, "editor.ts"), "utf8").includes('category: "config"');
}

/** Opens the dialog of a new node, runs `look` and closes the dialog. @returns the result of `look` */
export async function lookAtDialog<Result>(
  page: Page,
  type: string,
  look: () => Promise<Result>,
): Promise<Result> {
  await page.evaluate(
    ([nodeType, config]) => {
      const place = config ? {} : { z: "tab", x: 100, y: 100, wires: [] };
      RED.nodes.clear();
      RED.nodes.import([
        { id: "tab", type: "tab", label: "tab" },
        { id: "node", type: nodeType, ...place },
      ]);
      if (config) RED.editor.editConfig("", nodeType, "node");
      else RED.editor.edit(RED.nodes.node("node"));
    },
    [type, isConfig(type)] as const,
  );
  const tray = await page.waitForSelector(".red-ui-tray:has(.red-ui-tray-body .form-row)");
  // A screenshot needs the final position of the tray.
  await tray.waitForElementState("stable");
  try {
    return await look();
  } finally {
    await page.locator("#node-dialog-cancel, #node-config-dialog-cancel").last().click();
    await page.waitForSelector(".red-ui-tray", { state: "detached" });
  }
}

/** Also shows the rows that depend on other settings. */
export async function showEveryRow(page: Page): Promise<void> {
  await page.evaluate(() => {
    $(".red-ui-tray-body form").find(".form-row").show();
  });
}
