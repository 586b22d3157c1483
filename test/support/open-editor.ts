import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { deploy, linkPackage, startNodeRed, type NodeRedProcess } from "../../tools/node-red";

/**
 * A Node-RED with this package as built, and its editor in a real browser. NODE_RED_MODULE, NODE_BINARY and
 * CHROMIUM_PATH put other ones in their place; with SCREENSHOTS, pictures are kept in that folder.
 */
export class OpenEditor {
  readonly #problems: string[] = [];

  private constructor(
    readonly page: Page,
    readonly nodeRed: NodeRedProcess,
    private readonly browser: Browser,
    private readonly userDir: string,
  ) {
    page.on("pageerror", (error) => this.#problems.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().includes("Failed to load resource"))
        this.#problems.push(line.text());
    });
  }

  /**
   * @param flow what is deployed before the editor opens
   * @param locale the browser's language, which the editor takes
   */
  static async open({
    flow,
    height = 1000,
    locale = "en-US",
  }: { flow?: object[]; height?: number; locale?: string } = {}): Promise<OpenEditor> {
    const userDir = await mkdtemp(path.join(os.tmpdir(), "editor-"));
    await linkPackage(userDir);
    const { NODE_RED_MODULE: module, NODE_BINARY: nodeBinary, CHROMIUM_PATH } = process.env;
    const nodeRed = await startNodeRed({
      userDir,
      ...(module && { module }),
      ...(nodeBinary && { nodeBinary }),
    });
    if (flow !== undefined) await deploy(nodeRed.url, flow);
    const browser = await playwright.launch({
      executablePath: CHROMIUM_PATH ?? (await chromium.executablePath()),
      args: chromium.args,
    });
    const page = await browser.newPage({ viewport: { width: 1400, height }, locale });
    const editor = new OpenEditor(page, nodeRed, browser, userDir);
    await page.goto(nodeRed.url);
    await page.waitForSelector(".red-ui-palette-node");
    return editor;
  }

  /** That no script has failed since this was asked last. */
  assertNoProblems(): void {
    assert.deepEqual(this.#problems.splice(0), []);
  }

  async shoot(name: string): Promise<void> {
    const shots = process.env.SCREENSHOTS;
    if (shots !== undefined) await this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.nodeRed.stop();
    await rm(this.userDir, { recursive: true, force: true });
  }
}
