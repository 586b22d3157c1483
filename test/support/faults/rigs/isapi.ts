import type { SimulatedSite } from "../../simulated-site";
import type { Bench, Contact, FlowNode, Rig } from "../rig";

const contacts: readonly Contact[] = ["network", "tls", "login", "host"];

/** A config node of a device behind the proxy `device`. */
export function deviceOf(bench: Bench, id: string): FlowNode {
  const { scheme, login } = bench.variant;
  const { host, port } = bench.at("device");
  const { username, password } = bench.site.login;
  return {
    ...{ id, type: "isapi-config", url: `${scheme}://${host}:${port}`, timeout: "1.5" },
    credentials: { username, password: login ? password : "wrong password" },
  };
}

/** A node that sends requests to a device. */
export function deviceRig(type: string, config: object, more: Partial<Rig> = {}): Rig {
  return {
    type,
    contacts,
    connects: { device: (site: SimulatedSite) => site.device.port },
    nodes: (bench) => [
      deviceOf(bench, `${type}-device`),
      { id: type, type, device: `${type}-device`, name: bench.variant.name, ...config },
    ],
    message: () => ({}),
    ...more,
  };
}
