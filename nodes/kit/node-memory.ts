import type { Node, NodeAPI, NodeContextData } from "node-red";

/** Content that an earlier version of a node stored in its context between runs. */
export interface NodeMemory<Content> {
  /** Returns the content and deletes it from the context. */
  take: () => Promise<Content | undefined>;
}

/**
 * Reads and deletes a key of a node's context. Uses the default context store, but a store in files if the default
 * store is only in memory.
 */
export function nodeMemory<Content>(RED: NodeAPI, node: Node, key: string): NodeMemory<Content> {
  const context: NodeContextData = node.context();
  const store = fileStore(RED.settings.contextStorage);
  const forget = (): Promise<void> =>
    new Promise((resolve, reject) => {
      context.set(key, undefined, store, (error: Error | null | undefined) => {
        if (error) reject(error);
        else resolve();
      });
    });
  return {
    take: async () => {
      const content = await new Promise<Content | undefined>((resolve, reject) => {
        context.get(key, store, (error: Error | null, value: unknown) => {
          if (error) reject(error);
          else resolve(value as Content | undefined);
        });
      });
      if (content !== undefined) await forget();
      return content;
    },
  };
}

type StoreSetting = string | { module?: unknown } | undefined;

/** Finds a store in files in the setting `contextStorage`, which has modules or aliases by store name. */
function fileStore(setting: unknown): string | undefined {
  const stores = (setting ?? {}) as Record<string, StoreSetting>;
  const moduleOf = (entry: StoreSetting): unknown => {
    const resolved = typeof entry === "string" ? stores[entry] : entry;
    return typeof resolved === "object" ? resolved.module : undefined;
  };
  const first = "default" in stores ? stores.default : Object.values(stores)[0];
  if (moduleOf(first) !== "memory") return undefined;
  return Object.keys(stores).find((name) => moduleOf(stores[name]) === "localfilesystem");
}
