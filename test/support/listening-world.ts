import { once } from "node:events";
import { freePort } from "../../tools/node-red";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { LineSink } from "./line-sink";
import { startWorld, type World } from "./world";

/** A message of a listening node, as a function node of the flow formats it. */
export interface Emitted {
  type: string;
  topic: string;
  plate?: string;
  vendorId: string;
  /** The body in Base64. */
  raw: string;
  sender?: string;
}

export interface ListeningOptions {
  settings?: (written: string) => string;
  scheme?: "http" | "https";
  /** Returns the address at which the platform reaches Node-RED, if it is not the origin. */
  behind?: (origin: string) => Promise<string>;
}

const keys = { appKey: "29000010", appSecret: "acceptance-secret" };
const token = "callback token/1";
const MOTION = 131331;

/** A Node-RED with every listening node, on the server of Node-RED and on separate ports, and a HikCentral. */
export class ListeningWorld {
  private constructor(
    readonly world: World,
    readonly gateway: HcpGateway,
    readonly ports: { viewtron: number; hcp: number },
    private readonly sink: LineSink<Emitted>,
  ) {}

  static async start({ settings, scheme = "http", behind }: ListeningOptions = {}): Promise<ListeningWorld> {
    const gateway = await startHcpGateway(keys);
    const sink = await LineSink.start<Emitted>();
    const ports = { viewtron: await freePort(), hcp: await freePort() };
    const port = await freePort();
    const origin = `${scheme}://127.0.0.1:${port}`;
    const { flow, credentials } = listeningFlow({
      gatewayUrl: gateway.url,
      callbackUrl: behind === undefined ? origin : await behind(origin),
      ports,
      sinkPort: sink.port,
    });
    const subscribed = async (): Promise<void> => {
      while (gateway.events.subscriptions.length < 2) await once(gateway, "request");
    };
    const [world] = await Promise.all([
      startWorld({ port, flow, credentials, ...(settings && { settings }) }),
      subscribed(),
    ]);
    return new ListeningWorld(world, gateway, ports, sink);
  }

  /** Returns the address for posts of the platform to the node on Node-RED's server, or to the node on a separate port. */
  destination(place: "node-red" | "port"): string {
    const own = `:${this.ports.hcp}/`;
    const found = this.gateway.events.subscriptions.find(
      ({ eventDest }) => eventDest.includes(own) === (place === "port"),
    );
    if (found === undefined) throw new Error("There is no subscription.");
    return found.eventDest;
  }

  /** Waits for an event with this mark: a plate number, or the event id of the platform. */
  emitted(mark: string): Promise<Emitted> {
    return this.sink.take(({ plate, vendorId }) => plate === mark || vendorId === mark);
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await this.sink.close();
    await this.gateway.close();
  }
}

interface Places {
  gatewayUrl: string;
  callbackUrl: string;
  ports: { viewtron: number; hcp: number };
  sinkPort: number;
}

function listeningFlow({ gatewayUrl, callbackUrl, ports, sinkPort }: Places): {
  flow: object[];
  credentials: object;
} {
  const viewtron = { type: "viewtron-webhook-in", z: "tab", raw: true, wires: [["line"]] };
  const hcp = {
    ...{ type: "hcp-event-in", z: "tab", raw: true, server: "server", manageSubscription: true },
    ...{ eventTypes: [MOTION], path: "/hcp/events", backfill: false, pictures: "none", wires: [["line"]] },
  };
  const func = `const { payload: event, raw = "", viewtron, topic } = msg;
    msg.payload = JSON.stringify({
      type: event.type, topic, plate: event.targets[0]?.plate, vendorId: event.details?.eventId ?? event.id,
      raw: Buffer.from(raw).toString("base64"), sender: viewtron?.sender,
    }) + "\\n";
    return msg;`;
  const flow = [
    { id: "tab", type: "tab", label: "Listening" },
    { id: "server", type: "hcp-config", url: gatewayUrl },
    { ...viewtron, id: "viewtron", path: "/viewtron", listen: "node-red" },
    {
      ...{ ...viewtron, id: "trusting", path: "/proxied", listen: "node-red" },
      ...{ allow: "127.0.0.2", trustedProxies: "127.0.0.1" },
    },
    { ...viewtron, id: "viewtron-port", path: "/viewtron", listen: "port", port: String(ports.viewtron) },
    { ...hcp, id: "hcp", callbackUrl, listen: "node-red" },
    {
      ...{ ...hcp, id: "hcp-port", listen: "port", port: String(ports.hcp) },
      callbackUrl: `http://127.0.0.1:${ports.hcp}`,
    },
    { id: "line", type: "function", z: "tab", func, outputs: 1, wires: [["out"]] },
    {
      ...{ id: "out", type: "tcp out", z: "tab", host: "127.0.0.1", port: String(sinkPort) },
      ...{ beserver: "client", base64: false, end: false, wires: [] },
    },
    { id: "other", type: "http in", z: "tab", url: "/other", method: "post", wires: [["response"]] },
    { id: "response", type: "http response", z: "tab", wires: [] },
  ];
  return { flow, credentials: { server: keys, hcp: { token }, "hcp-port": { token } } };
}
