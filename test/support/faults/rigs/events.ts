import path from "node:path";
import { PREFIX } from "../fault-flow";
import { natsLogin } from "../fault-world";
import type { Bench, FlowNode, Rig } from "../rig";
import { eventArchive } from "./without-network";

const { message } = eventArchive;

function here({ folder }: Bench, name: string): object {
  return { store: "here", folder: path.join(folder, name) };
}

export const eventsOut: Rig = {
  type: "events-out",
  contacts: ["disk", "clock"],
  nodes: (bench) => [
    { id: "events-out", type: "events-out", name: bench.variant.name, ...here(bench, "events-out") },
  ],
  message,
};

/** Its store gets the messages. What it delivers comes back, so that it is done. */
export const eventsIn: Rig = {
  type: "events-in",
  contacts: ["disk", "clock"],
  entry: "events-in-store",
  behind: [`${PREFIX}events-in`],
  nodes: (bench) => {
    const store = here(bench, "events-in");
    return [
      { id: "events-in-store", type: "events-out", z: "tab", wires: [[]], ...store },
      {
        ...{ id: "events-in", type: "events-in", name: bench.variant.name, ...store },
        ...{ consumer: "faults", ackWait: "1" },
      },
    ];
  },
  message,
};

/** A config node does nothing alone: events-out with NATS shows how it does. */
export const natsJetstream: Rig = {
  type: "nats-jetstream",
  contacts: ["network", "login", "host"],
  connects: { nats: (_, nats) => nats.port },
  nodes: (bench) => [
    natsServerOf(bench, "nats-jetstream-server"),
    {
      ...{ id: "nats-jetstream", type: "events-out", name: bench.variant.name, store: "nats" },
      ...{ server: "nats-jetstream-server", stream: "faults", maxBytes: "10 MB" },
    },
  ],
  message,
};

function natsServerOf(bench: Bench, id: string): FlowNode {
  const { host, port } = bench.at("nats");
  const { username, password } = natsLogin;
  return {
    ...{ id, type: "nats-jetstream", servers: `nats://${host}:${port}` },
    credentials: { username, password: bench.variant.login ? password : "wrong password" },
  };
}
