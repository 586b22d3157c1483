import type { SimulatedSite } from "../../simulated-site";
import type { Rig } from "../rig";
import { serverOf } from "./hcp";

const MOTION = 131_331;
const platform = { platform: (site: SimulatedSite): number => site.gateway.port };
const contacts = ["network", "tls", "login", "host"] as const;

/** What an event of the time without Node-RED does. */
const restarted =
  "HikCentral sends the event again, or the node fetches it: it arrives at the start of Node-RED, or a little later.";
const redeployed =
  "The node goes on, or it comes back: HikCentral sends an event of the time of the deploy again, or the node fetches it.";

export const hcpRequest: Rig = {
  type: "hcp-request",
  contacts,
  connects: platform,
  nodes: (bench) => [
    serverOf(bench, "hcp-request-server"),
    {
      ...{ id: "hcp-request", type: "hcp-request", server: "hcp-request-server" },
      ...{ name: bench.variant.name, operation: "resource/cameras", paging: "all" },
    },
  ],
  message: () => ({}),
};

/** A config node does nothing alone: a request through it shows how it does. */
export const hcpConfig: Rig = {
  ...hcpRequest,
  type: "hcp-config",
  nodes: (bench) => [
    serverOf(bench, "hcp-config-server"),
    {
      ...{ id: "hcp-config", type: "hcp-request", server: "hcp-config-server" },
      ...{ name: bench.variant.name, operation: "resource/cameras", paging: "all" },
    },
  ],
};

/** By TCP, as HikCentral's generic events. It makes the rule for them through the OpenAPI. */
export const hcpAlarmOut: Rig = {
  type: "hcp-alarm-out",
  contacts,
  connects: { ...platform, alarms: (site) => site.gateway.tcpPort },
  readers: ["alarms"],
  chance: {
    "connection limit":
      "The status is “connection lost”, and Catch nodes get `CONNECTION_LOST`, or `HCP_ALARM_UNCERTAIN` for an alarm " +
      "that was sent before the connection ended.",
  },
  nodes: (bench) => {
    const { host, port } = bench.at("alarms");
    return [
      serverOf(bench, "hcp-alarm-out-server"),
      {
        ...{ id: "hcp-alarm-out", type: "hcp-alarm-out", server: "hcp-alarm-out-server", transport: "tcp" },
        ...{ host, port: String(port), rule: "Faults", name: bench.variant.name, template: "alarm {{mark}}" },
      },
    ];
  },
  message: () => ({ payload: { type: "intrusion" } }),
  arrived: ({ alarms }, mark) => alarms.some((text) => text.includes(`alarm ${mark}`)),
};

export const hcpEventIn: Rig = {
  type: "hcp-event-in",
  contacts: [...contacts, "disk"],
  connects: platform,
  listens: ["callback"],
  catchesUp: true,
  chance: {
    ...{ "redeploy: full": redeployed, "redeploy: flow": redeployed, "redeploy: node": redeployed },
    ...{ SIGTERM: restarted, SIGKILL: restarted },
  },
  nodes: (bench) => [
    serverOf(bench, "hcp-event-in-server"),
    {
      ...{ id: "hcp-event-in", type: "hcp-event-in", server: "hcp-event-in-server", eventTypes: [MOTION] },
      ...{ path: "/hcp/events", callbackUrl: `http://127.0.0.1:${bench.at("callback").port}` },
      ...{ checkEvery: "1", pictures: "none", name: bench.variant.name, credentials: { token: "t0ken" } },
    },
  ],
  stimulate: async ({ site }, mark) => {
    await site.gateway.events.raise([{ eventType: MOTION, eventId: mark, status: 0, srcIndex: "31" }]);
  },
};
