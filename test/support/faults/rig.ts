import type { NatsServer } from "../nats-server";
import type { SimulatedSite } from "../simulated-site";

/** How a node touches the world. A fault of another kind cannot reach it. */
export type Contact = "network" | "tls" | "login" | "host" | "disk" | "child" | "clock";

/** Returns the port of a server that a node connects to. */
export type Target = (site: SimulatedSite, nats: NatsServer) => number;

/** The settings that the faults change. */
export interface Variant {
  scheme: "http" | "https";
  host: string;
  /** Whether the login of the flow, or of the sender, is the right one. */
  login: boolean;
  /** Changes with each deploy, so that Node-RED restarts the node. */
  name: string;
}

/** Where a rig is: the addresses of its proxies, the simulators behind them, and a folder on the disk. */
export interface Bench {
  readonly site: SimulatedSite;
  /** A folder for the files of the nodes. */
  readonly folder: string;
  readonly variant: Variant;
  /** A red JPEG of 320 × 180 pixels. */
  readonly picture: Buffer;
  /** The texts of the alarms that HikCentral has received. */
  readonly alarms: readonly string[];
  /** Host and port of a proxy of this rig. */
  at(proxy: string): { host: string; port: number };
}

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** One node type at work: its settings, its counterpart behind proxies, and how to make it work. */
export interface Rig {
  /** The node type, which is also the id of the node in the flow. */
  readonly type: string;
  readonly contacts: readonly Contact[];
  /** Names and targets of its proxies. */
  readonly connects?: Readonly<Record<string, Target>>;
  /** Names of those whose server only reads. */
  readonly readers?: readonly string[];
  /** Names of the proxies between senders and Node-RED. */
  readonly listens?: readonly string[];
  /**
   * Its config nodes and itself, without wires. The node that works has the id of the rig. Nodes before it have their
   * wires, and those behind it are `behind`.
   */
  readonly nodes: (bench: Bench) => readonly FlowNode[];
  /** The node that receives messages instead of the rig's node. */
  readonly entry?: string;
  /** Nodes behind the rig's node, in addition to the test. */
  readonly behind?: readonly string[];
  /** What differs from run to run, by the name of the fault. */
  readonly chance?: Readonly<Record<string, string>>;
  /** A message that makes the node work. Buffers are allowed. */
  readonly message?: ((bench: Bench, mark: string) => Record<string, unknown>) | undefined;
  /** Makes the counterpart send something. */
  readonly stimulate?: (bench: Bench, mark: string) => void | Promise<void>;
  /** Whether the counterpart has received what the node said it had sent. */
  readonly arrived?: (bench: Bench, mark: string) => boolean;
  /** The node sends what is there now, without marks: only "something arrives again" can be seen. */
  readonly isLive?: boolean;
  /** The node fetches later what it has missed. */
  readonly catchesUp?: boolean;
}
