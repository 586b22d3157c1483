import { once } from "node:events";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Node, NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import "./wired-node";

const load = createRequire(__filename);
const folder = path.resolve(__dirname, "../../examples");
/** The files of Node-RED's core nodes. */
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
/** Types of nodes that show messages. Tests receive these messages. */
const SHOWS = /^(debug|ui-(chart|gauge|text))$/;
/** Types of nodes that do not run: comments, and the configuration of Dashboard 2. */
const LEFT_OUT = /^(comment|ui-.*)$/;

interface ExampleNode {
  id: string;
  type: string;
}

/** An example flow in Node-RED. Debug nodes and widgets of Dashboard 2 pass their messages to the test. */
export class RunningExample {
  readonly #prefix: string;

  private constructor(number: string) {
    this.#prefix = `camflows${number}`;
  }

  /**
   * @param number at the start of the file name
   * @param typedIn the settings that a user enters, by node type, or by node id without `camflows<number>`
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

  /** Waits for the next message at a node. */
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
