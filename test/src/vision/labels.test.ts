import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { classIdsOf, labelOf, readLabels } from "../../../src/vision/labels";
import { modelFolder } from "../../support/model-folder";

describe("labels", () => {
  const folder = modelFolder();

  it("are read from a list, or from a file with one per line", () => {
    const file = folder.write("ppe.txt", Buffer.from("helmet\r\n\r\nhead, bare\n\n"));
    assert.deepEqual(readLabels(" helmet, head ,", folder.path), ["helmet", "head"]);
    assert.deepEqual(readLabels(file, "/"), ["helmet", "", "head, bare"]);
    assert.deepEqual(readLabels("ppe.txt", folder.path), ["helmet", "", "head, bare"]);
    assert.deepEqual(readLabels("", folder.path), []);
    assert.throws(() => readLabels("gone.names", folder.path), { code: "CONFIG_INVALID" });
  });

  it("default to the class id", () => {
    assert.deepEqual(
      [0, 1, 7].map((id) => labelOf(id, ["helmet", ""])),
      ["helmet", "class 1", "class 7"],
    );
  });

  it("select classes in any case, like ids", () => {
    assert.deepEqual(classIdsOf(["Head", "0", "5"], ["helmet", "head"]), [1, 0, 5]);
    assert.throws(() => classIdsOf(["hat"], []), { code: "CONFIG_INVALID", message: /labels/ });
  });
});
