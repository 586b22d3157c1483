import assert from "node:assert/strict";
import path from "node:path";
import chromium from "@sparticuz/chromium";
import { chromium as playwright, type Browser, type Page } from "playwright-core";
import { deploy } from "../../tools/node-red";
import { startWorld, type World, type WorldOptions } from "./world";

interface OpenOptions extends Pick<WorldOptions, "installation" | "settings"> {
  /** The flow to deploy before the editor opens. */
  flow?: object[];
  height?: number;
  /** The language of the browser, which the editor uses. */
  locale?: string;
}

/**
 * A Node-RED with the packed package, and its editor in a real browser. SCREENSHOTS names a folder for screenshots.
 */
export class OpenEditor {
  readonly #problems: string[] = [];

  private constructor(
    readonly page: Page,
    readonly nodeRed: World,
    private readonly browser: Browser,
  ) {
    page.on("pageerror", (error) => this.#problems.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().includes("Failed to load resource"))
        this.#problems.push(line.text());
    });
  }

  static async open({
    flow,
    height = 1000,
    locale = "en-US",
    ...world
  }: OpenOptions = {}): Promise<OpenEditor> {
    const nodeRed = await startWorld(world);
    if (flow !== undefined) await deploy(nodeRed.url, flow);
    await skipWelcome(nodeRed.url);
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1400, height }, locale });
    const editor = new OpenEditor(page, nodeRed, browser);
    await page.goto(nodeRed.url);
    await page.waitForSelector(".red-ui-palette-node");
    return editor;
  }

  /** Asserts that no script has failed since the last call. */
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
  }
}

/** Starts a headless browser. CHROMIUM_PATH names another one. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: process.env.CHROMIUM_PATH ?? (await chromium.executablePath()),
    args: chromium.args,
  });
}

/** Saves the settings of a user who has seen the tour of this version and declined telemetry. */
async function skipWelcome(url: string): Promise<void> {
  const { version } = (await (await fetch(`${url}/settings`)).json()) as { version: string };
  const saved = await fetch(`${url}/settings/user`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ telemetryEnabled: false, editor: { tours: { welcome: version } } }),
  });
  assert.ok(saved.ok, `The user's settings were not saved: ${saved.status}`);
}
