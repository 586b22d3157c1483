import { isDeepStrictEqual } from "node:util";
import { portsOf } from "./connections";
import type { Fault } from "./faults";
import type { FaultWorld } from "./fault-world";
import type { Rig, Variant } from "./rig";

const LOOK_MS = 500;

/**
 * Tells why a fault may reach a node although the rig says that it cannot.
 *
 * @returns undefined if it cannot: a node without an address for a fault of connections, or a node whose settings the
 * fault does not change
 */
export function contradiction(world: FaultWorld, fault: Fault, rig: Rig): string | undefined {
  if (fault.change === undefined) {
    const isConnected = rig.connects !== undefined || rig.listens !== undefined;
    return isConnected ? `${rig.type} has connections, and "${fault.name}" is a fault of these.` : undefined;
  }
  const variant: Variant = { scheme: "http", host: "127.0.0.1", login: true, name: "same" };
  const before = rig.nodes(world.bench(rig, variant));
  const after = rig.nodes(world.bench(rig, { ...variant, ...fault.change }));
  return isDeepStrictEqual(before, after)
    ? undefined
    : `"${fault.name}" changes the settings of ${rig.type}.`;
}

/** Collects the ports that Node-RED is connected to and that belong to no node's proxy. */
export class Strangers {
  readonly ports = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  constructor(world: FaultWorld) {
    this.#timer = setInterval(() => {
      const known = new Set([...world.proxies.values()].map(({ port }) => port));
      void portsOf(world.pid).then((ports) => {
        for (const port of ports) if (!known.has(port)) this.ports.add(port);
      });
    }, LOOK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
