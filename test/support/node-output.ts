import assert from "node:assert/strict";
import type { Node } from "node-red";
import helper from "node-red-node-test-helper";

interface Spy {
  args: unknown[][];
  thisValues: unknown[];
}

/** The test helper replaces these methods of a node with spies. */
type Spies = Record<"status" | "error" | "warn" | "log", Spy>;

function callsOf(node: Node, method: keyof Spies): unknown[] {
  const { args, thisValues } = (node as unknown as Spies)[method];
  return args.filter((_, index) => thisValues[index] === node).map(([first]) => first);
}

/** Returns the texts of all statuses of a node, the last one at the end. */
export function statusesOf(node: Node): string[] {
  return callsOf(node, "status").map((status) => (status as { text: string }).text);
}

/** Returns the current status of a node. */
export function lastStatusOf(node: Node): { fill: string; shape: string; text: string } {
  return callsOf(node, "status").at(-1) as { fill: string; shape: string; text: string };
}

/** Returns the errors of a node, with and without a message. */
export function errorsOf(node: Node): unknown[] {
  return callsOf(node, "error");
}

/** Returns the warnings of a node. */
export function warningsOf(node: Node): string[] {
  return callsOf(node, "warn") as string[];
}

/** Waits until the status of a node has this text. */
export async function untilShown(node: Node, text: string): Promise<void> {
  while (statusesOf(node).at(-1) !== text) {
    await new Promise((resolve) => node.once("call:status", resolve));
  }
}

/** Asserts that no log line, status or error since the start of the flow contains a secret. */
export function assertNoSecrets(node: Node, secrets: readonly string[]): void {
  const { status, error, warn, log } = node as unknown as Spies;
  const output = [status, error, warn, log, helper.log() as unknown as Spy]
    .flatMap(({ args }) => args.flat())
    .map((value) =>
      value instanceof Error ? `${value.stack ?? ""} ${JSON.stringify(value)}` : JSON.stringify(value),
    )
    .join("\n");
  for (const secret of secrets) assert.ok(!output.includes(secret), `a secret in the output: ${output}`);
}
