import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { lookAtDialog, nodeTypes, showEveryRow } from "../support/dialogs";
import { OpenEditor } from "../support/open-editor";

for (const locale of readdirSync(path.resolve(__dirname, "../../locales"))) {
  describe(`a dialog in ${locale}`, function () {
    this.timeout(120_000);
    let editor: OpenEditor;

    before(async () => {
      editor = await OpenEditor.open({ locale });
    });
    after(async () => {
      await editor.close();
    });

    for (const type of nodeTypes) {
      it(`has no overlapping or cut off text in ${type}`, async () => {
        const clashes = await lookAtDialog(editor.page, type, async () => {
          await showEveryRow(editor.page);
          await editor.shoot(`${type}-${locale}`);
          return editor.page.evaluate(() => {
            const found: string[] = [];
            // The hidden part of a scrolling list overlaps with the next row.
            for (const element of document.querySelectorAll(".red-ui-tray-body form *")) {
              if (/auto|scroll/.test(getComputedStyle(element).overflowY)) element.classList.add("scrolls");
            }
            for (const form of document.querySelectorAll(".red-ui-tray-body form")) {
              const right = form.getBoundingClientRect().right + 1;
              for (const row of form.querySelectorAll(".form-row")) {
                const boxes: { name: string; rect: DOMRect }[] = [];
                const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                  const text = walker.currentNode;
                  if (
                    (text.textContent ?? "").trim() === "" ||
                    text.parentElement?.closest("select, button, textarea, .form-tips, .scrolls")
                  )
                    continue;
                  const range = document.createRange();
                  range.selectNodeContents(text);
                  for (const rect of range.getClientRects())
                    boxes.push({ name: (text.textContent ?? "").trim(), rect });
                }
                const texts = boxes.length;
                for (const field of row.querySelectorAll(
                  "input, select, button, .red-ui-typedInput-container",
                )) {
                  if (field.closest(".scrolls") !== null) continue;
                  const rect = field.getBoundingClientRect();
                  if (rect.width > 1) boxes.push({ name: field.id || field.className, rect });
                }
                for (const select of row.querySelectorAll("select")) {
                  const pen = document.createElement("canvas").getContext("2d");
                  if (pen === null) continue;
                  pen.font = getComputedStyle(select).font;
                  // The rest is for the arrow and the padding.
                  const room = select.clientWidth - 22;
                  // Names in a catalogue, and the editor's entry for a new config node, may be longer.
                  if (select.options.length > 50) continue;
                  for (const { text, value } of select.options)
                    if (value !== "_ADD_" && pen.measureText(text).width > room)
                      found.push(`${select.id} cuts "${text}"`);
                }
                boxes.forEach(({ name, rect }, index) => {
                  if (rect.right > right) found.push(`${name} leaves the dialog`);
                  if (index >= texts) return;
                  for (const other of boxes.slice(index + 1)) {
                    if (other.name === name) continue;
                    const across =
                      Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left);
                    const down =
                      Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top);
                    if (across > 1 && down > 3) found.push(`${name} × ${other.name}`);
                  }
                });
              }
            }
            return [...new Set(found)];
          });
        });
        assert.deepEqual(clashes, []);
      });
    }
  });
}
