import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { createInterface, type Interface } from "node:readline";
import { promisify } from "node:util";
import { freePort } from "../../tools/node-red";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { SimulatedDevice } from "../servers/isapi-device";
import { ViewtronCamera } from "../servers/viewtron-camera";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { colourDetector } from "../support/onnx-model";
import { installation, packageName } from "../support/world";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../..");
const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { exports: object };
/** `events`, `hcp` …: the exports of package.json that are code. */
const subpaths = Object.keys(exports)
  .filter((name) => !name.endsWith(".json"))
  .map((name) => path.basename(name));
const credentials = { appKey: "21000011", appSecret: "program-test-secret" };

/** A program that reads the catalogue of HikCentral, with its types. */
const catalogueProgram = `
  import { HcpClient, eventTypes, operations, sign, type Operation } from "${packageName}/hcp";
  const cameras: Operation | undefined = operations.find(({ id }) => id === "resource/cameras");
  const client = new HcpClient({ url: "http://127.0.0.1:1", appKey: "k", appSecret: "s" });
  const { signature } = sign({ method: "POST", path: "/a", headers: {}, secret: "s" });
  console.log(JSON.stringify([cameras?.path, operations.length, eventTypes.length > 0, typeof client.call, signature]));
`;

/** Returns the programs of docs/programs.md by file name: a program is a block that starts with its name. */
async function documentedPrograms(): Promise<Map<string, string>> {
  const text = await readFile(path.join(root, "docs/programs.md"), "utf8");
  const blocks = text.matchAll(/^```ts\n(\/\/ (\S+)\n[^]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, code = "", name = ""]) => [name, code]));
}

/** Waits until a port accepts connections. */
async function portOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      await setTimeout(50);
    } finally {
      socket.destroy();
    }
  }
}

/** The packed package without its optional dependencies, in a project with strict types. */
describe("a program that uses the package without Node-RED", function () {
  this.timeout(120_000);
  let folder: string;
  let names: string[];
  const running = new Set<ChildProcess>();

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "program-"));
    await symlink(
      path.join(await installation("bare"), "node_modules"),
      path.join(folder, "node_modules"),
      "junction",
    );
    const programs = await documentedPrograms();
    names = [...programs.keys()];
    for (const [name, code] of programs) await writeFile(path.join(folder, name), code);
    await writeFile(
      path.join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          target: "es2023",
          module: "nodenext",
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          types: ["node"],
          typeRoots: [path.join(root, "node_modules/@types")],
        },
        files: [...names, "all.cts", "catalogue.mts"],
      }),
    );
    const imports = subpaths.map((subpath) => `import * as ${subpath} from "${packageName}/${subpath}";`);
    const all = `${imports.join("\n")}\nexport const all: object[] = [${subpaths.join(", ")}];\n`;
    await writeFile(path.join(folder, "all.cts"), all);
    await writeFile(path.join(folder, "catalogue.mts"), catalogueProgram);
  });
  afterEach(() => {
    for (const child of running) child.kill();
    running.clear();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Starts a compiled program. @returns the lines of its output */
  function start(name: string, env: NodeJS.ProcessEnv): Interface {
    const child = spawn(process.execPath, [name.replace(".mts", ".mjs")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    running.add(child);
    return createInterface(child.stdout);
  }
  async function line(lines: Interface, pattern: RegExp): Promise<string> {
    for (;;) {
      const [text] = (await once(lines, "line")) as [string];
      if (pattern.test(text)) return text;
    }
  }

  it("compiles in strict mode, with a check of the types of libraries", async () => {
    const { stdout } = await run(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc")], {
      cwd: folder,
    }).catch((error: unknown) => error as { stdout: string });
    assert.equal(stdout, "");
    assert.equal(names.length, 6);
  });

  it("loads every subpath by require and by import, with the same exports", async () => {
    const program = `
      const required = (subpath) => Object.keys(require("${packageName}/" + subpath)).sort();
      (async () => {
        for (const subpath of ${JSON.stringify(subpaths)}) {
          const names = Object.keys(await import("${packageName}/" + subpath));
          console.log(required(subpath).every((name) => names.includes(name)), names.length > 1);
        }
      })();`;
    const { stdout } = await run(process.execPath, ["-e", program], { cwd: folder });
    assert.equal(stdout, "true true\n".repeat(subpaths.length));
  });

  it("exports package.json", async () => {
    const program = `console.log(require("${packageName}/package.json").name)`;
    const { stdout } = await run(process.execPath, ["-e", program], { cwd: folder });
    assert.equal(stdout.trim(), packageName);
  });

  it("reads the catalogue of HikCentral", async () => {
    const { stdout } = await run(process.execPath, ["catalogue.mjs"], { cwd: folder });
    const [cameras, count, ...rest] = JSON.parse(stdout) as unknown[];
    assert.equal(cameras, "/api/resource/v1/cameras");
    assert.ok(Number(count) >= 145);
    assert.deepEqual(rest.slice(0, 2), [true, "function"]);
  });

  describe("with a camera", () => {
    let device: SimulatedDevice;
    let env: NodeJS.ProcessEnv;
    beforeEach(async () => {
      device = await SimulatedDevice.start();
      env = { CAMERA_URL: device.url, CAMERA_USER: "flow", CAMERA_PASSWORD: "s3cret:pass" };
    });
    afterEach(() => device.close());

    it("receives its events", async () => {
      const lines = start("camera-events.mts", env);
      await line(lines, /waiting/);
      const event = line(lines, /lineCrossing/);
      device.alert({ eventType: "linedetection" });
      assert.equal(await event, "lineCrossing start on channel 1, 0 images");
    });

    it("saves a snapshot", async () => {
      const lines = start("snapshot.mts", env);
      assert.match(await line(lines, /snapshot/), /^snapshot\.jpg: \d+ × \d+$/);
      const file = await readFile(path.join(folder, "snapshot.jpg"));
      assert.equal(file.readUInt16BE(), 0xffd8);
    });
  });

  describe("with HikCentral", () => {
    let gateway: HcpGateway;
    let env: NodeJS.ProcessEnv;
    beforeEach(async () => {
      gateway = await startHcpGateway(credentials);
      env = { HCP_URL: gateway.url, HCP_KEY: credentials.appKey, HCP_SECRET: credentials.appSecret };
    });
    afterEach(() => gateway.close());

    it("raises an alarm", async () => {
      const alarm = once(gateway, "alarm");
      start("hikcentral-alarm.mts", { ...env, HCP_EVENT_PORT: String(gateway.tcpPort) });
      const [{ rule, text }] = (await alarm) as [{ rule: string; text: string }];
      assert.deepEqual([rule, text], ["Water level", "Water level | north basin | 212 cm"]);
    });

    it("receives events", async () => {
      const port = String(await freePort());
      const lines = start("hikcentral-events.mts", { ...env, CALLBACK_HOST: "127.0.0.1", PORT: port });
      await line(lines, /subscribed/);
      const event = line(lines, /motion/);
      await gateway.events.post([{ eventType: 131331, eventId: "a", status: 1 }]);
      assert.match(await event, /^motion start on /);
    });
  });

  it("receives the posts of a Viewtron camera", async () => {
    const port = await freePort();
    const event = line(start("viewtron-events.mts", { PORT: String(port) }), /from/);
    await portOpen(port);
    const camera = new ViewtronCamera({ url: `http://127.0.0.1:${port}/` });
    await camera.deliver(new IpcPosts().heartbeat());
    camera.close();
    assert.equal(await event, "heartbeat pulse from 192.0.2.21");
  });

  it("rejects a detection without the package of the detector", async () => {
    await writeFile(path.join(folder, "model.onnx"), colourDetector());
    await assert.rejects(
      run(process.execPath, ["detect.mjs", "model.onnx", "tsconfig.json"], { cwd: folder }),
      /DEPENDENCY_MISSING/,
    );
  });
});
