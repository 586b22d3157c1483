import type { Bench, FlowNode } from "../rig";

/** A config node of the HikCentral behind the proxy `platform`. */
export function serverOf(bench: Bench, id: string): FlowNode {
  const { scheme, login } = bench.variant;
  const { host, port } = bench.at("platform");
  const { appKey, appSecret } = bench.site.keys;
  return {
    ...{ id, type: "hcp-config", url: `${scheme}://${host}:${port}`, timeout: "1.5" },
    credentials: { appKey, appSecret: login ? appSecret : "wrong secret" },
  };
}
