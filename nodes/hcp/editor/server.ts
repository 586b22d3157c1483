import type { OpenServer } from "../admin-data";

/** How a server is held by the editor: secrets only where somebody has changed them since the last deploy. */
type HeldServer = Omit<OpenServer, "credentials"> & { credentials?: OpenServer["credentials"] };

/** The server that a config node stands for, with what is not deployed yet; undefined where there is no such node. */
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

/** The server as it is entered in its open dialog. */
export function enteredServer(id: string): OpenServer {
  const text = (name: string): string => String($(`#node-config-input-${name}`).val() ?? "");
  const tls = text("tls");
  return {
    id,
    url: text("url"),
    contextPath: text("contextPath"),
    userId: text("userId"),
    // What the list of config nodes holds where none is chosen.
    tls: tls === "_ADD_" ? "" : tls,
    verifyTls: $("#node-config-input-verifyTls").is(":checked"),
    timeout: text("timeout"),
    credentials: { appKey: text("appKey"), appSecret: text("appSecret") },
  };
}
