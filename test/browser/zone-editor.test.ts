import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { OpenEditor } from "../support/open-editor";

const root = path.resolve(__dirname, "../..");

interface RuleNode {
  id: string;
  zones: unknown;
  valid?: boolean;
}
declare const RED: {
  nodes: { import(flow: object[]): unknown; node(id: string): RuleNode };
  editor: { edit(node: RuleNode): void };
};

/** Drawing zones with the mouse in a real browser, with the packed package. */
describe("the zone editor", function () {
  this.timeout(120_000);
  let editor: OpenEditor;
  let page: Page;
  let rule: string;

  before(async () => {
    editor = await OpenEditor.open({ height: 1600 });
    page = editor.page;
    const flow = JSON.parse(await readFile(path.join(root, "examples/06 Zones and rules.json"), "utf8")) as {
      id: string;
      type: string;
    }[];
    rule = flow.find(({ type }) => type === "detection-rule")?.id ?? "";
    await page.evaluate((nodes) => RED.nodes.import(nodes), flow);
  });

  after(async () => {
    await editor.close();
  });

  const zones = (): Promise<unknown> => page.evaluate((id) => RED.nodes.node(id).zones, rule);
  const setZones = (value: unknown): Promise<void> =>
    page.evaluate(([id, given]) => void (RED.nodes.node(id).zones = given), [rule, value] as const);

  async function open(): Promise<void> {
    await page.evaluate((id) => {
      RED.editor.edit(RED.nodes.node(id));
    }, rule);
    await page.waitForSelector("#detection-rule-zones svg");
    // Clicks need the final position of the tray.
    await page.waitForFunction(() => !document.querySelector(".red-ui-tray")?.getAnimations().length);
  }

  async function save(): Promise<void> {
    await page.locator("#node-dialog-ok").click();
    await page.waitForSelector(".red-ui-tray", { state: "detached" });
  }

  async function at(x: number, y: number): Promise<[number, number]> {
    const svg = page.locator("#detection-rule-zones svg");
    await svg.scrollIntoViewIfNeeded();
    const box = await svg.boundingBox();
    assert.ok(box);
    return [box.x + x * box.width, box.y + y * box.height];
  }

  function assertNear(found: unknown, expected: { name: string; points: [number, number][] }[]): void {
    const rounded = (found as typeof expected).map(({ name, points }) => ({
      name,
      points: points.map(([x, y]) => [Math.round(x * 50) / 50, Math.round(y * 50) / 50]),
    }));
    assert.deepEqual(rounded, expected);
  }

  it("draws a first zone with clicks on the empty image", async () => {
    await setZones([]);
    await open();
    for (const [x, y] of [
      [0.2, 0.2],
      [0.8, 0.2],
      [0.5, 0.8],
    ] as const)
      await page.mouse.click(...(await at(x, y)));
    await save();
    assertNear(await zones(), [
      {
        name: "zone 1",
        points: [
          [0.2, 0.2],
          [0.8, 0.2],
          [0.5, 0.8],
        ],
      },
    ]);
  });

  it("moves a corner, removes a corner, and adds a named zone", async () => {
    await setZones([
      {
        name: "gate",
        points: [
          [0.1, 0.1],
          [0.4, 0.1],
          [0.4, 0.4],
          [0.1, 0.4],
        ],
      },
    ]);
    await open();
    await page.mouse.move(...(await at(0.4, 0.4)));
    await page.mouse.down();
    await page.mouse.move(...(await at(0.5, 0.6)), { steps: 3 });
    await page.mouse.up();
    await page.mouse.dblclick(...(await at(0.4, 0.1)));
    await page.locator("#detection-rule-zones .fa-plus").click();
    for (const [x, y] of [
      [0.6, 0.6],
      [0.9, 0.6],
      [0.9, 0.9],
    ] as const)
      await page.mouse.click(...(await at(x, y)));
    await page.locator("#detection-rule-zones input[type=text]").fill("ramp");
    await save();
    assertNear(await zones(), [
      {
        name: "gate",
        points: [
          [0.1, 0.1],
          [0.5, 0.6],
          [0.1, 0.4],
        ],
      },
      {
        name: "ramp",
        points: [
          [0.6, 0.6],
          [0.9, 0.6],
          [0.9, 0.9],
        ],
      },
    ]);
  });

  it("deletes a zone", async () => {
    await setZones([
      {
        name: "gate",
        points: [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
      },
    ]);
    await open();
    await page.locator("#detection-rule-zones .fa-trash").click();
    await save();
    assert.deepEqual(await zones(), []);
  });

  it("reads zones in JSON text, and keeps an environment variable", async () => {
    await setZones('[{"name":"gate","points":[[0,0],[1,0],[0,1]]}]');
    await open();
    await save();
    assert.deepEqual(await zones(), [
      {
        name: "gate",
        points: [
          [0, 0],
          [1, 0],
          [0, 1],
        ],
      },
    ]);
    await setZones("${ZONES}");
    await open();
    await save();
    assert.equal(await zones(), "${ZONES}");
  });

  it("marks invalid zones in the dialog and at the node", async () => {
    await setZones([]);
    await open();
    await page.mouse.click(...(await at(0.2, 0.2)));
    assert.equal(await page.locator("#detection-rule-zones textarea.input-error").count(), 1);
    await save();
    assert.equal(await page.evaluate((id) => RED.nodes.node(id).valid, rule), false);
  });
});
