import { setTimeout as pause } from "node:timers/promises";
import { loopbackTls, wrongTls } from "../loopback-tls";
import type { ProxyFault } from "./fault-proxy";
import type { FaultWorld } from "./fault-world";
import type { Contact, Variant } from "./rig";

/** One column of the matrix: how a fault begins and ends. */
export interface Fault {
  /** Its name in the document. */
  readonly name: string;
  /** What it does, in a sentence for users. */
  readonly means: string;
  /** The contact that the fault reaches; without it, the fault reaches every node. */
  readonly contact?: Contact;
  /** What the fault changes in the flow. */
  readonly change?: Partial<Variant>;
  /** The nodes are in the middle of their work when the fault begins. */
  readonly midWork?: boolean;
  /** The fault stays until every node has shown it, at least and at most this long. */
  readonly seconds: readonly [least: number, most: number];
  /** Whether a user's action ends the fault. */
  readonly ends: "by itself" | "by a user" | "at once";
  /** Happens before the fault. */
  prepare?(world: FaultWorld): Promise<void>;
  begin(world: FaultWorld): Promise<void>;
  end(world: FaultWorld): Promise<void>;
  /** Makes the world as it was before, after the nodes have worked again. */
  cleanUp?(world: FaultWorld): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** Every counterpart has this fault, in the running flow. */
function atCounterparts(
  name: string,
  fault: ProxyFault,
  seconds: readonly [number, number],
  means: string,
): Fault {
  return {
    ...{ name, means, seconds, contact: "network", ends: "by itself" },
    begin: (world) => world.setProxies(fault),
    end: (world) => world.setProxies("none"),
  };
}

const downAtStart: Fault = {
  ...atCounterparts(
    "down at start",
    "refuse",
    [3, 8],
    "Nothing listens at the address when the flow starts.",
  ),
  prepare: (world) => world.clear(),
  begin: async (world) => {
    await world.setProxies("refuse");
    await world.deploy();
  },
};
const diesInMidMessage = atCounterparts(
  "dies in mid-message",
  "cut",
  [3, 12],
  "Each connection breaks after the first bytes of a message.",
);
const hangs: Fault = {
  ...atCounterparts("hangs", "hang", [5, 45], "The counterpart accepts connections and says nothing more."),
  // A stream with a rhythm of heartbeats is known to be dead without them.
  prepare: async () => pause(4000),
};
const drips = atCounterparts("drips", "drip", [5, 45], "It sends ten bytes a second.");
const garbage = atCounterparts("garbage", "garbage", [3, 20], "It sends bytes that mean nothing.");
const connectionLimit = atCounterparts(
  "connection limit",
  "full",
  [3, 12],
  "It accepts no more connections: it closes each one at once.",
);

const wrongCertificate: Fault = {
  ...{ name: "wrong certificate", contact: "tls", seconds: [3, 10], ends: "by itself" },
  change: { scheme: "https" },
  means: "The server shows a certificate that the machine does not trust.",
  prepare: (world) => world.clear(),
  begin: async (world) => {
    world.setCertificate(wrongTls);
    await world.deploy({ scheme: "https" });
  },
  end: (world) => {
    world.setCertificate(loopbackTls);
    return Promise.resolve();
  },
  cleanUp: async (world) => {
    world.setCertificate(undefined);
    await world.deploy({ scheme: "http" });
  },
};

const wrongPassword: Fault = {
  ...{ name: "wrong password", contact: "login", seconds: [3, 10], ends: "by a user" },
  change: { login: false },
  means: "The login of the flow is wrong. For a node that receives posts, the login of the sender.",
  begin: (world) => world.deploy({ login: false }),
  end: (world) => world.deploy({ login: true }),
};

const unknownHost: Fault = {
  ...{ name: "DNS", contact: "host", seconds: [3, 20], ends: "by a user" },
  change: { host: "device.invalid" },
  means: "The host name in the flow does not exist.",
  begin: (world) => world.deploy({ host: "device.invalid" }),
  end: (world) => world.deploy({ host: "127.0.0.1" }),
};

/** A deploy while the nodes wait for their counterparts. */
function redeploy(type: "full" | "flows" | "nodes"): Fault {
  const word = { full: "full", flows: "flow", nodes: "node" }[type];
  return {
    ...{ name: `redeploy: ${word}`, midWork: true, seconds: [1, 4], ends: "at once" },
    means: `The user deploys (${type}) while every node works.`,
    begin: async (world) => {
      await world.deploy({ name: `${world.variant.name}+` }, type);
      await world.setProxies("none");
    },
    end: nothing,
  };
}
const redeploys = [redeploy("full"), redeploy("flows"), redeploy("nodes")];

function killed(signal: "SIGTERM" | "SIGKILL"): Fault {
  return {
    ...{ name: signal, midWork: true, seconds: [0.1, 0.1], ends: "at once" },
    means: `Node-RED ends by ${signal} while every node works, and starts again.`,
    begin: async (world) => {
      await world.kill(signal);
      await world.setProxies("none");
      const since = performance.now();
      await world.start();
      await world.started(since);
    },
    end: nothing,
  };
}
const signals = [killed("SIGTERM"), killed("SIGKILL")];

/** Faults that one Node-RED has after each other; the lanes run at the same time. */
export const lanes: readonly (readonly Fault[])[] = [
  [downAtStart, diesInMidMessage, garbage, connectionLimit, wrongCertificate, wrongPassword, unknownHost],
  [hangs, drips],
  [...redeploys, ...signals],
];

export const faults: readonly Fault[] = lanes.flat();
