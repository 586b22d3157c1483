import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { nodeTypes } from "../support/dialogs";
import { packageName as name, startWorld, type World } from "../support/world";

const root = path.resolve(__dirname, "../..");
const languages = readdirSync(path.join(root, "locales"));
/** Returns whether an example needs FlowFuse's Dashboard 2, which its name says. */
const needsDashboard = (file: string): boolean => file.includes("(needs Dashboard 2)");

interface NodeSet {
  id: string;
  types: string[];
  enabled: boolean;
  err?: string;
}

/** The installed tarball in a Node-RED with its default settings. */
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
    const response = await fetch(`${nodeRed.url}${at}`, { headers: { Accept: accept } });
    assert.equal(response.status, 200, at);
    return response;
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

  it("uses only icons of the package", async () => {
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

  it("has an example for every node in the palette, with nodes of the core and of the package", async () => {
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
});
