import type { OpenServer } from "../admin-data";

/** A server in the editor. It has secrets only if they were changed since the last deploy. */
type HeldServer = Omit<OpenServer, "credentials"> & { credentials?: OpenServer["credentials"] };

/** Returns the server of a config node, with changes that are not deployed yet; undefined if there is no such node. */
export function heldServer(id: unknown): OpenServer | undefined {
  const node = (typeof id === "string" ? RED.nodes.node(id) : null) as unknown as HeldServer | null;
  if (!node) return undefined;
  const { url, contextPath, userId, tls, verifyTls, timeout, credentials = {} } = node;
  const { appKey, appSecret } = credentials;
  return {
    ...{ id: String(id), url, contextPath, userId, tls, verifyTls, timeout },
    credentials: { appKey, appSecret },
  };
}

/** Returns the server that is entered in the open dialog. */
export function enteredServer(id: string): OpenServer {
  const text = (name: string): string => String($(`#node-config-input-${name}`).val() ?? "");
  const tls = text("tls");
  return {
    id,
    url: text("url"),
    contextPath: text("contextPath"),
    userId: text("userId"),
    // The list of config nodes has this value if none is chosen.
    tls: tls === "_ADD_" ? "" : tls,
    verifyTls: $("#node-config-input-verifyTls").is(":checked"),
    timeout: text("timeout"),
    credentials: { appKey: text("appKey"), appSecret: text("appSecret") },
  };
}
