import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { debianServer } from "../support/debian-server";
import { comparable, documentOf } from "../support/faults/document";
import { FaultWorld } from "../support/faults/fault-world";
import { faults, lanes, type Fault } from "../support/faults/faults";
import { rigs } from "../support/faults/rigs";
import { tryFault, type Cell } from "../support/faults/trial";
import { contradiction, Strangers } from "../support/faults/untouched";

const root = path.resolve(__dirname, "../..");
const file = path.join(root, "docs/faults.md");
const trusted = path.resolve(__dirname, "../support/tls/loopback-cert.pem");
const types = rigs.map(({ type }) => type);

/** Every fault at every node, as `docs/faults.md` shows it. `npm run faults` writes the document. */
describe("faults", function () {
  this.timeout(900_000);
  const seen = new Map<string, Map<string, Cell>>();
  /** Where Node-RED was connected to, apart from the proxies of the nodes. */
  const unknownPorts: number[] = [];
  /** A lane that breaks ends the others. */
  const broken = new AbortController();
  const contradictions: (string | undefined)[] = [];
  let document = "";

  async function run(lane: readonly Fault[], world: FaultWorld): Promise<void> {
    const strangers = new Strangers(world);
    try {
      await world.start();
      for (const fault of lane) seen.set(fault.name, await tryFault(world, fault));
      unknownPorts.push(...strangers.ports);
      for (const fault of lane)
        for (const rig of rigs)
          if (cellOf(fault.name, rig.type).verdict === "not affected")
            contradictions.push(contradiction(world, fault, rig));
    } catch (error) {
      broken.abort(error);
    } finally {
      strangers.end();
      await world.close();
    }
  }

  before(async function () {
    await debianServer(this, "nats");
    this.timeout(900_000);
    // The matrix takes minutes: one Node-RED and one Node.js are enough.
    if (process.env.NODE_RED_MODULE !== undefined) this.skip();
    const begun = performance.now();
    const worlds = await Promise.all(
      lanes.map(() => FaultWorld.open(rigs, { env: { NODE_EXTRA_CA_CERTS: trusted }, ends: broken.signal })),
    );
    await Promise.all(worlds.map((world, index) => run(lanes[index] ?? [], world)));
    broken.signal.throwIfAborted();
    const cells = rigs.length * faults.length;
    process.stderr.write(`    ${cells} cells in ${Math.round((performance.now() - begun) / 1000)} s\n`);
    const matrix = types.map(
      (type) => [type, new Map(faults.map(({ name }) => [name, cellOf(name, type)]))] as const,
    );
    document = await format(documentOf(new Map(matrix)), {
      ...(await resolveConfig(file)),
      parser: "markdown",
    });
    if (process.env.WRITE_FAULTS === "1") writeFileSync(file, document);
  });

  function cellOf(fault: string, type: string): Cell {
    const cell = seen.get(fault)?.get(type);
    if (cell === undefined) throw new Error(`Nobody tried "${fault}" at ${type}.`);
    return cell;
  }

  it("are tried at every node of the package", () => {
    const { "node-red": nodeRed } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      "node-red": { nodes: object };
    };
    assert.deepEqual([...types].sort(), Object.keys(nodeRed.nodes).sort());
  });

  it("are said not to affect a node only if they cannot reach it", () => {
    assert.ok(contradictions.length > 0);
    assert.deepEqual(
      contradictions.filter((each) => each !== undefined),
      [],
    );
    assert.deepEqual(unknownPorts, []);
  });

  for (const type of types) {
    it(`end, and ${type} works again`, () => {
      const failed = faults.filter(({ name }) => cellOf(name, type).verdict === "does not come back");
      assert.deepEqual(
        failed.map(({ name }) => name),
        [],
      );
    });

    it(`do to ${type} what docs/faults.md says`, () => {
      assert.deepEqual(comparable(document, type), comparable(readFileSync(file, "utf8"), type));
    });
  }
});
