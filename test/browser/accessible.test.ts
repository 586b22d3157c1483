import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { lookAtDialog, nodeTypes, showEveryRow } from "../support/dialogs";
import { OpenEditor } from "../support/open-editor";

declare const axe: { run(context: object): Promise<AxeResults> };

/** An automatic check for WCAG of each form. The fields of Node-RED around the form are not part of this package. */
describe("a dialog for users of a screen reader or the keyboard", function () {
  this.timeout(120_000);
  let editor: OpenEditor;

  before(async () => {
    editor = await OpenEditor.open();
    await editor.page.addScriptTag({ path: createRequire(__filename).resolve("axe-core") });
  });
  after(async () => {
    await editor.close();
  });

  for (const type of nodeTypes) {
    it(`has no WCAG violation in ${type}`, async () => {
      const violations = await lookAtDialog(editor.page, type, async () => {
        await showEveryRow(editor.page);
        return editor.page.evaluate(async () => {
          const results = await axe.run({
            include: [".red-ui-tray-body form"],
            exclude: ["[id^=red-ui-trap]"],
          });
          return results.violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
          );
        });
      });
      assert.deepEqual(violations, []);
    });
  }
});
