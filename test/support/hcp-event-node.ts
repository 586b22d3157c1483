import { once } from "node:events";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { createRequire } from "node:module";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import hcpConfig from "../../nodes/hcp-config/runtime";
import hcpEventIn from "../../nodes/hcp-event-in/runtime";
import type { CommonEvent } from "../../src/events";
import type { EventOrigin } from "../../src/hcp/events/event-stream";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { errorsOf, untilShown } from "./node-output";
import { HttpNodes, type HttpSettings } from "./http-nodes";
import { loopbackTls } from "./loopback-tls";
import "./wired-node";

export interface EventMessage extends NodeMessage {
  payload: CommonEvent;
  hcp: EventOrigin;
  raw?: Buffer;
}

export const credentials = { appKey: "21000007", appSecret: "event-node-secret" };
export const token = "a token/with signs";
export const tokenInPath = encodeURIComponent(token);
export const MOTION = 131331;
export const INTRUSION = 131588;

const tlsConfig = createRequire(__filename)("@node-red/nodes/core/network/05-tls") as NodeInitializer;

/** Nodes hcp-event-in with an HTTP server of Node-RED, and a HikCentral that reaches it. */
export class EventNodeRig {
  readonly received: EventMessage[] = [];
  private constructor(
    readonly gateway: HcpGateway,
    readonly http: HttpNodes,
    /** The address of Node-RED. */
    readonly base: string,
  ) {}

  static async start({ tls = false } = {}): Promise<EventNodeRig> {
    const http = new HttpNodes({ tls });
    return new EventNodeRig(await startHcpGateway(credentials), http, await http.listen());
  }

  async stop(): Promise<void> {
    await helper.unload();
    this.http.close();
    await this.gateway.close();
  }

  /** Loads nodes `subject0`, `subject1` … with one output; with `tls`, also a tls-config of that id. */
  async load(configs: object[], settings: HttpSettings = {}, tls = false): Promise<void> {
    const subjects = configs.map((config, index) => ({
      id: `subject${index}`,
      type: "hcp-event-in",
      z: "tab",
      wires: [["out"]],
      server: "server",
      eventTypes: [MOTION],
      path: "/hcp/events",
      callbackUrl: this.base,
      ...config,
    }));
    const flow = [
      { id: "tab", type: "tab" },
      { id: "server", type: "hcp-config", url: this.gateway.url },
      ...(tls ? [{ id: "tls", type: "tls-config", cert: "", key: "", ca: "" }] : []),
      ...subjects,
      { id: "out", z: "tab", type: "helper" },
    ];
    const secrets = Object.fromEntries(subjects.map(({ id }) => [id, { token }]));
    const initializers = [hcpConfig, this.http.wrap(hcpEventIn, settings), tlsConfig];
    const certificate = { keydata: loopbackTls.key, certdata: loopbackTls.cert };
    await helper.load(initializers, flow, { server: credentials, ...secrets, tls: certificate });
    // Nodes report wrong settings after all nodes have started.
    await turnOfTheLoop();
    const out = helper.getNode("out");
    out.on("input", (msg) => {
      this.received.push(msg as EventMessage);
      out.emit("received");
    });
  }

  subscribed(index = 0): Promise<void> {
    return untilShown(helper.getNode(`subject${index}`), "status.subscribed");
  }

  /** The address for posts of the platform. */
  get destination(): string {
    return this.gateway.events.subscriptions[0]?.eventDest ?? "";
  }

  get events(): CommonEvent[] {
    return this.received.map(({ payload }) => payload);
  }

  /** The codes of the errors of the first node. */
  get errors(): string[] {
    return errorsOf(helper.getNode("subject0")).map((error) => (error as { code: string }).code);
  }

  /** Waits for a number of messages. */
  async messages(count: number): Promise<void> {
    while (this.received.length < count) await once(helper.getNode("out"), "received");
  }
}

export function send(to: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(to, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body });
}

/** Returns the body of a post with these events. */
export function post(...events: object[]): string {
  return JSON.stringify({
    method: "OnEventNotify",
    params: { ability: "event_vss", sendTime: "2026-03-02T 09:00:01.000+01:00", events },
  });
}

export function motion(eventId: string, more: object = {}): object {
  return {
    eventId,
    eventType: MOTION,
    srcIndex: "31",
    srcType: "camera",
    srcName: "Gate",
    status: 1,
    happenTime: "2026-03-02T 09:00:00.000+01:00",
    ...more,
  };
}
