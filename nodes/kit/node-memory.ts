import type { Node, NodeAPI, NodeContextData } from "node-red";

/** What an earlier version of a node kept from one run to the next, in its own context. */
export interface NodeMemory<Content> {
  /** Gives it out once: from then on it is the node's own business. */
  take: () => Promise<Content | undefined>;
}

/**
 * Uses the default context store; where that one forgets everything at a restart and another is kept in files, that other
 * one.
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

/** `contextStorage` of the settings: names of stores, and what each is, or whose other name it is. */
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
