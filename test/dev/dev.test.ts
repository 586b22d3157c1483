import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { stampBuild } from "../../tools/build/fresh";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { processTree } from "../../bench/support/process-tree";
import { numberedClip } from "../support/clips";
import { launchBrowser } from "../support/open-editor";
import { colourDetector } from "../support/onnx-model";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../..");
/** The files that `npm run dev` reads, with a dist/ that is up to date. */
const copied = [
  ...[
    "dist",
    "src",
    "nodes",
    "icons",
    "locales",
    "examples",
    "tools",
    "demo",
    "test/servers",
    "test/support",
  ],
  ...["package.json", "tsconfig.base.json", "tsconfig.json"],
];

/** The tests change sources, so they run in a copy of the checkout. */
describe("npm run dev", function () {
  this.timeout(240_000);
  let folder: string;
  let dev: ChildProcess;
  let browser: Browser;
  let page: Page;
  let output = "";

  before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "dev-"));
    for (const name of copied)
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true, preserveTimestamps: true });
    // The copies of the folders are newer than the build.
    await stampBuild(folder, new Date());
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
    writeFileSync(path.join(folder, "model.onnx"), colourDetector());
    const clip = await numberedClip(await provideFfmpeg(), { width: 320, height: 240 });
    dev = spawn(
      process.execPath,
      ["-r", "tsx/cjs", "tools/dev/run.ts", "--video", clip, "--model", path.join(folder, "model.onnx")],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [dev.stdout, dev.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        dev.emit("printed");
      });
    const [, url = ""] = await printed(/Editor: (\S+)/);
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(url);
    await page.waitForSelector(".red-ui-palette-node");
  });

  after(async () => {
    await browser.close();
    dev.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) return found;
      assert.equal(dev.exitCode, null, output);
      await once(dev, "printed");
    }
  }

  /** Replaces text in a file of the copy. */
  function edit(file: string, from: string, to: string): void {
    const at = path.join(folder, file);
    const text = readFileSync(at, "utf8");
    assert.ok(text.includes(from), `${file} does not have ${from}`);
    writeFileSync(at, text.replace(from, to));
  }

  /** Returns the labels of isapi-snapshot from Node-RED, as JSON. */
  async function labels(): Promise<string> {
    const [url = ""] = page.url().split("#");
    const catalogue = "nodes/@camflows/node-red-surveillance/isapi-snapshot/messages?lng=en-US";
    return (await fetch(`${url}${catalogue}`)).text();
  }

  it("prints the address of each simulated device", () => {
    assert.match(output, /camera: rtsp:\/\/127\.0\.0\.1:\d+\S+ .*its event stream: http:/);
    assert.match(output, /HikCentral gateway: http:\/\/127\.0\.0\.1:\d+/);
    assert.match(output, /Viewtron camera: posts to http:\/\/127\.0\.0\.1:\d+\/viewtron/);
    assert.ok(!output.includes("building the package"), "the build was up to date");
  });

  it("loads the example flows, which receive events", async () => {
    await page.locator(".red-ui-tab", { hasText: "Detection to HikCentral alarm" }).waitFor();
    await page.locator(".red-ui-tab", { hasText: "Gate opens for a listed plate" }).click();
    await page.locator(".red-ui-flow-node-status-label", { hasText: /\d event/ }).waitFor();
  });

  it("builds a changed label, and reloads the page", async () => {
    edit("nodes/isapi-snapshot/editor.ts", 'paletteLabel: "isapi snapshot"', 'paletteLabel: "quick shot"');
    await page.waitForSelector('.red-ui-palette-label:has-text("quick shot")', { timeout: 60_000 });
    assert.match(output, /✓ nodes\/isapi-snapshot\/editor\.ts: built in [\d.]+ s, Node-RED restarted after/);
  });

  it("builds a changed runtime and catalogue at once", async () => {
    appendFileSync(path.join(folder, "nodes/isapi-snapshot/runtime.ts"), 'void ("changed" as string);\n');
    edit("locales/en-US/isapi-snapshot.json", '"taking": "taking"', '"taking": "shooting"');
    await printed(/✓ .*isapi-snapshot\S+ and 1 more: built/);
    const compiled = readFileSync(path.join(folder, "dist/nodes/isapi-snapshot/runtime.js"), "utf8");
    assert.match(compiled, /^void "changed";$/m);
    assert.match(await labels(), /"taking":"shooting"/);
  });

  it("shows the node of docs/new-node.md after one edit of an existing file, and its types are right", async () => {
    const files = filesOfDocument(path.join(root, "docs/new-node.md"));
    assert.ok(files.size >= 8);
    for (const [file, text] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    edit("package.json", '"nodes": {', '"nodes": {\n      "event-count": "dist/nodes/event-count.js",');
    await page.waitForSelector('.red-ui-palette-label:has-text("event count")', { timeout: 60_000 });
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    for (const project of ["nodes/tsconfig.json", "nodes/tsconfig.editor.json"])
      await run(process.execPath, [tsc, "-p", project, "--noEmit"], { cwd: folder });
  });

  it("names a file that cannot be built, keeps Node-RED running, and builds the next change", async () => {
    edit("locales/en-US/isapi-snapshot.json", '"shooting"', '"shooting');
    await printed(
      /✗ locales\/en-US\/isapi-snapshot\.json: not built\nlocales\/en-US\/isapi-snapshot\.json: /,
    );
    const [url] = page.url().split("#");
    assert.ok((await fetch(url ?? "")).ok);
    edit("locales/en-US/isapi-snapshot.json", '"shooting', '"aiming"');
    await printed(/✓ locales\/en-US\/isapi-snapshot\.json: built/);
  });

  it("builds the other changes after a file that could not be built", async () => {
    const runtime = "nodes/isapi-snapshot/runtime.ts";
    appendFileSync(path.join(folder, runtime), "void (;\n");
    edit("locales/en-US/isapi-snapshot.json", '"aiming"', '"waiting"');
    await printed(/✗ .*: not built\nnodes\/isapi-snapshot\/runtime\.ts/);
    edit(runtime, "void (;\n", "");
    await printed(/✓ nodes\/isapi-snapshot\/runtime\.ts: built/);
    assert.match(await labels(), /"taking":"waiting"/);
  });

  it("ends on Ctrl-C and leaves no process running", async function () {
    const processes = processTree(dev.pid ?? 0);
    if (process.platform === "linux") assert.ok(processes.length > 2, "Node-RED and the camera run");
    const [url = ""] = page.url().split("#");
    dev.kill("SIGINT");
    const [code] = (await once(dev, "exit")) as [number | null];
    assert.equal(code, 0, output);
    await assert.rejects(fetch(url));
    // Ended processes stay in the list for a moment.
    while (processes.some((pid) => processTree(pid).length > 0)) await delay(20);
  });
});

/** Returns the complete files in a document: a path, a colon, and a block of code. */
function filesOfDocument(file: string): Map<string, string> {
  const found = readFileSync(file, "utf8").matchAll(
    /^`([^`]+)`:\n\n(?:<!--.*-->\n)?```\w+\n([\s\S]*?)^```$/gm,
  );
  return new Map([...found].map(([, name = "", text = ""]) => [name, text]));
}
