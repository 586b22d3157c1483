import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { nodeTypes } from "../support/dialogs";
import { packageName as name, startWorld, type World } from "../support/world";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../..");
const languages = readdirSync(path.join(root, "locales"));
/** Examples that say in their name that they need FlowFuse's Dashboard 2 beside this package. */
const needsDashboard = (file: string): boolean => file.includes("(needs Dashboard 2)");

interface NodeSet {
  id: string;
  types: string[];
  enabled: boolean;
  err?: string;
}

/** The tarball as users get it, in a Node-RED as they have it. */
describe("the packed package in a fresh Node-RED", function () {
  this.timeout(180_000);
  let nodeRed: World;
  let sets: NodeSet[];
  const types = [...nodeTypes];

  before(async () => {
    nodeRed = await startWorld();
    const all = await json<NodeSet[]>("/nodes");
    sets = all.filter((set) => set.id.startsWith(`${name}/`));
  });

  after(async () => {
    await nodeRed.stop();
  });

  async function get(at: string, accept = "*/*"): Promise<Response> {
    const answer = await fetch(`${nodeRed.url}${at}`, { headers: { Accept: accept } });
    assert.equal(answer.status, 200, `${at} answered ${answer.status}`);
    return answer;
  }
  async function json<T>(at: string): Promise<T> {
    return (await (await get(at, "application/json")).json()) as T;
  }
  const source = (...parts: string[]): Promise<Buffer> => readFile(path.join(root, ...parts));

  it("loads every node without an error", () => {
    assert.deepEqual(sets.map((set) => set.err).filter(Boolean), []);
    assert.deepEqual(sets.flatMap((set) => set.types).sort(), [...types].sort());
    assert.ok(sets.every((set) => set.enabled));
  });

  it("serves every node's dialog and help", async () => {
    const html = await (await get("/nodes", "text/html")).text();
    for (const type of types) {
      assert.ok(html.includes(`data-template-name="${type}"`), `no dialog for ${type}`);
      assert.ok(html.includes(`data-help-name="${type}"`), `no help for ${type}`);
      assert.match(html, new RegExp(`registerType\\("${type}", \\{`), `no inline definition of ${type}`);
    }
  });

  it("serves every icon byte for byte", async () => {
    for (const icon of await readdir(path.join(root, "icons"))) {
      const served = Buffer.from(await (await get(`/icons/${name}/${icon}`)).arrayBuffer());
      assert.ok(served.equals(await source("icons", icon)), `${icon} is not the one served`);
    }
  });

  it("uses only icons that it brings", async () => {
    for (const type of types) {
      const editor = (await source("nodes", type, "editor.ts")).toString();
      const icon = /\bicon: "([^"]+)"/.exec(editor)?.[1];
      if (icon !== undefined) assert.ok(existsSync(path.join(root, "icons", icon)), `${type} names ${icon}`);
      else assert.match(editor, /category: "config"/, `${type} has no icon`);
    }
  });

  it("serves every label catalogue in every language", async () => {
    for (const type of types) {
      for (const language of languages) {
        const catalogue = await json<Record<string, object>>(
          `/nodes/${name}/${type}/messages?lng=${language}`,
        );
        const own = JSON.parse((await source("locales", language, `${type}.json`)).toString()) as Record<
          string,
          object
        >;
        for (const key of [...Object.keys(own), "status"])
          assert.ok(catalogue[key], `${type} ${language}: no ${key}`);
      }
    }
  });

  it("serves every example", async () => {
    for (const file of await readdir(path.join(root, "examples"))) {
      const entry = encodeURIComponent(file.replace(/\.json$/, ""));
      const served = await json(`/library/examples/flows/${name}/${entry}`);
      assert.deepEqual(served, JSON.parse((await source("examples", file)).toString()), file);
    }
  });

  it("has an example for every node that can be wired, with nothing but core and own nodes", async () => {
    const known = new Set([...(await json<NodeSet[]>("/nodes")).flatMap((set) => set.types), "tab", "group"]);
    const used = new Set<string>();
    for (const file of await readdir(path.join(root, "examples"))) {
      const flow = JSON.parse((await source("examples", file)).toString()) as { type: string }[];
      for (const { type } of flow) {
        if (needsDashboard(file) && type.startsWith("ui-")) continue;
        assert.ok(known.has(type), `${file} uses ${type}, which a fresh Node-RED does not have`);
        used.add(type);
      }
    }
    assert.deepEqual(
      types.filter((type) => !type.endsWith("-config") && !used.has(type)),
      [],
    );
  });

  it("offers every protocol layer to programs, without Node-RED", async () => {
    const { exports } = JSON.parse((await source("package.json")).toString()) as { exports: object };
    const entries = Object.keys(exports).map((entry) => entry.replace(".", name));
    const program = `for (const entry of ${JSON.stringify(entries)}) console.log(Object.keys(require(entry)).length > 0)`;
    const { stdout } = await run(process.execPath, ["-e", program], { cwd: nodeRed.userDir });
    assert.deepEqual(stdout.trim().split("\n"), Array(entries.length).fill("true"));
  });

  it("offers HikCentral's protocol to programs, with types", async () => {
    const { userDir } = nodeRed;
    await writeFile(
      path.join(userDir, "program.ts"),
      `import { HcpClient, eventTypes, operations, sign, type Operation } from "${name}/hcp";
       const cameras: Operation | undefined = operations.find(({ id }) => id === "resource/cameras");
       const client = new HcpClient({ url: "http://127.0.0.1:1", appKey: "k", appSecret: "s" });
       const { signature } = sign({ method: "POST", path: "/a", headers: {}, secret: "s" });
       console.log(JSON.stringify([cameras?.path, operations.length, eventTypes.length > 0, typeof client.call, signature]));`,
    );
    // Type checking needs no other packages than those which the program itself would have.
    const typeRoots = path.join(root, "node_modules", "@types");
    const options = ["--module", "node20", "--strict", "--types", "node", "--typeRoots", typeRoots];
    await run(
      process.execPath,
      [path.join(root, "node_modules/typescript/bin/tsc"), ...[...options, "--ignoreConfig", "program.ts"]],
      { cwd: userDir },
    );
    const { stdout } = await run(process.execPath, ["program.js"], { cwd: userDir });
    const [at, count, ...rest] = JSON.parse(stdout) as unknown[];
    assert.equal(at, "/api/resource/v1/cameras");
    assert.ok(Number(count) >= 145);
    assert.deepEqual(rest.slice(0, 2), [true, "function"]);
  });
});
