import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { provideServer } from "../../tools/debian";

const root = path.resolve(__dirname, "../..");

describe("provideServer", function () {
  this.timeout(60_000);
  let folder: string;
  const windows = process.platform === "win32";
  const neverCalled = (): Promise<never> => Promise.reject(new Error("called"));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "debian-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("finds an installed server", async () => {
    const file = path.join(folder, windows ? "nats-server.exe" : "nats-server");
    await writeFile(file, "");
    const log: string[] = [];
    const found = await provideServer("nats", (line) => log.push(line), {
      search: ["/nowhere", folder],
      cache: folder,
      execute: neverCalled,
    });
    assert.deepEqual(found, { path: file, env: {} });
    assert.deepEqual(log, [`nats-server: ${file}`]);
  });

  it("unpacks a package and the libraries that it needs", async function () {
    if (windows) return this.skip();
    const asked: string[][] = [];
    const execute = async (
      command: string,
      args: string[],
      { cwd = "" }: { cwd?: string },
    ): Promise<{ stdout: string }> => {
      asked.push([command, ...args.map((arg) => path.basename(arg))]);
      if (command === "apt-get") await writeFile(path.join(cwd, "mosquitto_2.deb"), "");
      if (command === "dpkg") {
        const [, , target = ""] = args;
        await mkdir(path.join(target, "usr/sbin"), { recursive: true });
        await mkdir(path.join(target, "usr/lib/x86_64-linux-gnu"), { recursive: true });
        await writeFile(path.join(target, "usr/sbin/mosquitto"), "#!/bin/sh\necho version 2.0.11\nexit 3\n");
        await chmod(path.join(target, "usr/sbin/mosquitto"), 0o755);
      }
      return { stdout: "mosquitto\n  Depends: adduser\n  Depends: libcjson1\n  Depends: libwrap0\n" };
    };
    const provide = (): ReturnType<typeof provideServer> =>
      provideServer("mosquitto", undefined, { search: [], cache: folder, execute });
    const found = await provide();
    assert.deepEqual(asked, [
      ["apt-cache", "depends", "mosquitto"],
      ["apt-get", "download", "mosquitto", "libcjson1", "libwrap0"],
      ["dpkg", "-x", "mosquitto_2.deb", "unpacked"],
    ]);
    assert.match(found.path, /usr\/sbin\/mosquitto$/);
    assert.match(found.env.LD_LIBRARY_PATH ?? "", /usr\/lib\/x86_64-linux-gnu$/);

    assert.deepEqual(await provide(), found);
    assert.equal(asked.length, 3, "the second time it is in the cache");
  });

  it("says what to install where there is no apt-get, and leaves nothing behind", async () => {
    const missing = (): Promise<never> =>
      Promise.reject(Object.assign(new Error("spawn apt-cache ENOENT"), { code: "ENOENT" }));
    await assert.rejects(
      provideServer("nats", undefined, { search: [], cache: folder, execute: missing }),
      /nats-server is not installed, and this system has no apt-get\. Install nats-server\./,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("shows the message of apt-get when the download fails", async () => {
    const failing = (): Promise<never> =>
      Promise.reject(
        Object.assign(new Error("exit 100"), { code: 100, stderr: "E: Unable to locate package" }),
      );
    await assert.rejects(
      provideServer("nats", undefined, { search: [], cache: folder, execute: failing }),
      /run "apt-get update"\.\nE: Unable to locate package/,
    );
  });
});

describe("a suite whose server is missing", function () {
  this.timeout(60_000);
  let folder: string | undefined;

  before(async function () {
    if (["/usr/sbin", "/usr/local/sbin"].some((bin) => existsSync(path.join(bin, "nats-server"))))
      this.skip();
    folder = await mkdtemp(path.join(os.tmpdir(), "left-out-"));
    const support = path.join(root, "test/support/debian-server");
    await writeFile(
      path.join(folder, "needs.ts"),
      `import { debianServer } from ${JSON.stringify(support)};
       describe("needs nats", () => {
         before(async function () { await debianServer(this, "nats"); });
         it("works", () => { throw new Error("it ran"); });
       });`,
    );
  });
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const runSuite = (env: object): ReturnType<typeof spawnSync> => {
    assert.ok(folder !== undefined);
    return spawnSync(
      process.execPath,
      [
        "--require",
        require.resolve("tsx/cjs"),
        require.resolve("mocha/bin/mocha.js"),
        path.join(folder, "needs.ts"),
      ],
      {
        cwd: folder,
        encoding: "utf8",
        // Neither apt-get nor nats-server is found.
        env: { HOME: folder, USERPROFILE: folder, XDG_CACHE_HOME: folder, PATH: folder, ...env },
      },
    );
  };

  it("is skipped and named in the report", async () => {
    const report = path.join(folder ?? "", "report");
    const { status, stdout } = runSuite({ LEFT_OUT_TESTS: report });
    assert.equal(status, 0, String(stdout));
    assert.match(await readFile(report, "utf8"), /^needs nats: nats-server is not installed/);
  });

  it("fails with REQUIRE_SERVERS=1", () => {
    const { status, stdout } = runSuite({ REQUIRE_SERVERS: "1" });
    assert.equal(status, 1, String(stdout));
    assert.match(String(stdout), /nats-server is not installed/);
  });
});
