import { once } from "node:events";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Node, NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import "./wired-node";

const load = createRequire(__filename);
const folder = path.resolve(__dirname, "../../examples");
/** Where Node-RED keeps its own nodes. */
const coreNodes: Readonly<Record<string, string>> = {
  inject: "common/20-inject",
  catch: "common/25-catch",
  function: "function/10-function",
  switch: "function/10-switch",
  change: "function/15-change",
  rbe: "function/rbe",
  delay: "function/89-delay",
  "file in": "storage/10-file",
  trigger: "function/89-trigger",
  split: "sequence/17-split",
};
/** What these would show is looked at by the test. */
const SHOWS = /^(debug|ui-(chart|gauge|text))$/;
/** What is only there for whoever reads the flow, and Dashboard 2's own configuration. */
const LEFT_OUT = /^(comment|ui-.*)$/;

interface ExampleNode {
  id: string;
  type: string;
}

/** An example flow as it runs, in Node-RED with its own nodes; debug nodes and Dashboard 2's widgets hand on what they get. */
export class RunningExample {
  readonly #prefix: string;

  private constructor(number: string) {
    this.#prefix = `camflows${number}`;
  }

  /**
   * @param number by which the file's name begins
   * @param typedIn what a user changes before deploying, by a node's type or by its id without `camflows<number>`
   */
  static async deploy(
    number: string,
    { typedIn, credentials }: { typedIn: Record<string, object>; credentials: Record<string, object> },
  ): Promise<RunningExample> {
    const example = new RunningExample(number);
    const file = (await readdir(folder)).find((name) => name.startsWith(`${number} `)) ?? "";
    const nodes = JSON.parse(await readFile(path.join(folder, file), "utf8")) as ExampleNode[];
    const flow = nodes
      .map((node) => ({
        ...node,
        ...typedIn[node.type],
        ...typedIn[node.id.replace(example.#prefix, "")],
        type: SHOWS.test(node.type) ? "helper" : node.type,
      }))
      .filter(({ type }) => !LEFT_OUT.test(type));
    const types = [...new Set(flow.map(({ type }) => type))].filter((type) => !/^(helper|tab)$/.test(type));
    const secrets = Object.entries(credentials).map(([id, entered]) => [example.#prefix + id, entered]);
    await helper.load(types.map(initializerOf), flow, Object.fromEntries(secrets) as object);
    return example;
  }

  node(id: string): Node {
    return helper.getNode(this.#prefix + id);
  }

  /** The next message that arrives at a node. */
  async next<Message extends NodeMessage>(id: string): Promise<Message> {
    return (await once(this.node(id), "input"))[0] as Message;
  }

  /** Presses an inject node's button. */
  press(id: string): void {
    this.node(id).receive({});
  }
}

function initializerOf(type: string): NodeInitializer {
  const core = coreNodes[type];
  return load(
    core === undefined ? `../../nodes/${type}/runtime` : `@node-red/nodes/core/${core}`,
  ) as NodeInitializer;
}
