import assert from "node:assert/strict";
import type { Node } from "node-red";
import helper from "node-red-node-test-helper";

interface Spy {
  args: unknown[][];
  thisValues: unknown[];
}

/** The test helper puts a spy in place of each method by which a node says something. */
type Said = Record<"status" | "error" | "warn" | "log", Spy>;

function callsOf(node: Node, method: keyof Said): unknown[] {
  const { args, thisValues } = (node as unknown as Said)[method];
  return args.filter((_, index) => thisValues[index] === node).map(([first]) => first);
}

/** The texts of all statuses that a node has shown, the latest last. */
export function statusesOf(node: Node): string[] {
  return callsOf(node, "status").map((status) => (status as { text: string }).text);
}

/** What a node shows now. */
export function lastStatusOf(node: Node): { fill: string; shape: string; text: string } {
  return callsOf(node, "status").at(-1) as { fill: string; shape: string; text: string };
}

/** Every error that a node has reported, with and without a message. */
export function errorsOf(node: Node): unknown[] {
  return callsOf(node, "error");
}

/** Every warning that a node has put in the log. */
export function warningsOf(node: Node): string[] {
  return callsOf(node, "warn") as string[];
}

/** Waits until the last status of a node is this. */
export async function untilShown(node: Node, text: string): Promise<void> {
  while (statusesOf(node).at(-1) !== text) {
    await new Promise((resolve) => node.once("call:status", resolve));
  }
}

/** Looks for secrets in all that nodes have logged, shown and reported since the flow was loaded. */
export function assertNothingSaid(node: Node, secrets: readonly string[]): void {
  const { status, error, warn, log } = node as unknown as Said;
  const said = [status, error, warn, log, helper.log() as unknown as Spy]
    .flatMap(({ args }) => args.flat())
    .map((value) =>
      value instanceof Error ? `${value.stack ?? ""} ${JSON.stringify(value)}` : JSON.stringify(value),
    )
    .join("\n");
  for (const secret of secrets) assert.ok(!said.includes(secret), `a secret was logged or shown: ${said}`);
}
