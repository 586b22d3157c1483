import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { lookAtDialog, nodeTypes, showEveryRow } from "../support/dialogs";
import { OpenEditor } from "../support/open-editor";

declare const axe: { run(context: object): Promise<AxeResults> };

/** What the automatic check of WCAG finds in a dialog's own form; Node-RED's own fields around it are not ours. */
describe("a dialog, to people who use a screen reader or the keyboard", function () {
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
    it(`names every field and button of ${type}`, async () => {
      const found = await lookAtDialog(editor.page, type, async () => {
        await showEveryRow(editor.page);
        return editor.page.evaluate(async () => {
          const { violations } = await axe.run({
            include: [".red-ui-tray-body form"],
            exclude: ["[id^=red-ui-trap]"],
          });
          return violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
          );
        });
      });
      assert.deepEqual(found, []);
    });
  }
});
