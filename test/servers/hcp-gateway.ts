import { EventEmitter, once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Refusal, success, text, type GatewayResponse, type Body } from "./hcp/gateway-response";
import { EventService } from "./hcp/event-service";
import { Authentication } from "./hcp/authentication";
import { listenForGenericEvents, type GenericEventListener } from "./hcp/generic-event-listener";
import { GenericEventRules, type Rule } from "./hcp/generic-event-rules";
import { platformOperations, samplePlatform, type Platform } from "./hcp/platform";

export interface HcpGatewayOptions {
  appKey: string;
  appSecret: string;
  /** Secrets of further partners by key. Each partner has separate subscriptions. */
  partners?: Readonly<Record<string, string>>;
  /** Default `/artemis`. */
  contextPath?: string;
  /** Serves HTTPS instead of HTTP. */
  tls?: { key: string; cert: string };
  /** 0, the default, lets the system choose; a restarted gateway keeps its ports. */
  port?: number;
  tcpPort?: number;
  udpPort?: number;
  /** The gateway that ran before: its rules are kept, as in a database. */
  restartOf?: HcpGateway;
}

export interface GatewayAlarm {
  /** ISO 8601 */
  time: string;
  transport: "tcp" | "udp" | "openapi";
  /** The data package, or the body as JSON. */
  text: string;
  /** Name of the rule that matched; absent for alarms posted to the OpenAPI. */
  rule?: string;
}

export interface GatewayRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  response: GatewayResponse;
}

/**
 * The fault of the next requests: no response, a cut connection before or after the operation, or half a response. It
 * can also be a body that is not JSON, an HTTP status, or a code of the gateway.
 */
export type Fault =
  | "hang"
  | "drop"
  | "act-and-drop"
  | "half-body"
  | "garbage"
  | { status: number; body?: string }
  | { code: string | number; msg?: string; status?: number };

export interface GatewayEvents {
  /** HikCentral raises an alarm. */
  alarm: [GatewayAlarm];
  /** A data package that matches no rule. */
  ignored: [GatewayAlarm];
  request: [GatewayRequest];
  /** A client has closed its HTTP connection. */
  hungUp: [];
}

const MAX_LOG = 1000;

/**
 * A simulated HikCentral Professional: its OpenAPI gateway and its receiver of generic events, as strict as the guide.
 */
export class HcpGateway extends EventEmitter<GatewayEvents> {
  readonly requests: GatewayRequest[] = [];
  /** The gateway's clock, relative to this machine's. */
  clockSkewMs = 0;
  /** The delay of each response. */
  latencyMs = 0;
  /** The most requests that were pending at the same time. */
  mostAtOnce = 0;
  #atOnce = 0;
  readonly host = "127.0.0.1";
  url = "";
  port = 0;
  tcpPort = 0;
  udpPort = 0;
  readonly genericEvents: GenericEventRules;
  readonly events = new EventService();
  /** Cameras, doors …, and the commands to them. */
  readonly platform: Platform = samplePlatform();
  readonly #options: HcpGatewayOptions;
  readonly #context: string;
  readonly #authentication: Authentication;
  readonly #server: ReturnType<typeof createHttpServer>;
  readonly #faults: { fault: Fault; pathEnd: string }[] = [];
  #listener: GenericEventListener | undefined;

  constructor(options: HcpGatewayOptions) {
    super();
    this.#options = options;
    this.#context = options.contextPath ?? "/artemis";
    this.genericEvents = new GenericEventRules(options.restartOf?.genericEvents);
    this.#authentication = new Authentication(
      { ...options.partners, [options.appKey]: options.appSecret },
      () => Date.now() + this.clockSkewMs,
    );
    const serve = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#serve(request, response);
    this.#server =
      options.tls === undefined ? createHttpServer(serve) : createHttpsServer(options.tls, serve);
    this.#server.on("connection", (socket: Socket) => socket.on("close", () => this.emit("hungUp")));
  }

  get rules(): readonly Rule[] {
    return this.genericEvents.rules;
  }

  async listen(): Promise<void> {
    const { port = 0, tcpPort = 0, udpPort = 0, tls } = this.#options;
    this.#server.listen(port, this.host);
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    this.url = `${tls === undefined ? "http" : "https"}://${this.host}:${this.port}`;
    this.#listener = await listenForGenericEvents({ tcpPort, udpPort }, (transport, packet) => {
      this.#receive(transport, packet);
    });
    this.tcpPort = this.#listener.tcpPort;
    this.udpPort = this.#listener.udpPort;
  }

  /** Makes the next `times` requests whose path has this end fail with a fault. */
  fail(fault: Fault, times = 1, pathEnd = ""): void {
    for (let count = 0; count < times; count += 1) this.#faults.push({ fault, pathEnd });
  }

  /** Resets the TCP connections of generic events, but not those of HTTP. */
  resetGenericEventConnections(): void {
    this.#listener?.resetConnections();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, this.#listener?.close()]);
  }

  #receive(transport: "tcp" | "udp", packet: string): void {
    const received = { time: new Date().toISOString(), transport, text: packet };
    const matching = this.genericEvents.matching(transport, packet);
    if (matching.length === 0) this.emit("ignored", received);
    for (const rule of matching) this.emit("alarm", { ...received, rule: rule.generalEventRuleName });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.once("close", () => (this.#atOnce -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const target = request.url ?? "/";
    const path = target.split("?", 1)[0] ?? "/";
    const fault = this.#nextFault(path);
    const planned = faultResponse(fault) ?? this.#respond(request, path, target, body);
    const entry = { path, headers: request.headers, body, response: planned };
    this.requests.push(entry);
    this.emit("request", entry);
    if (this.requests.length > MAX_LOG) this.requests.shift();
    if (fault === "hang") return;
    if (this.latencyMs > 0) await setTimeout(this.latencyMs);
    if (fault === "drop" || fault === "act-and-drop") {
      request.socket.destroy();
      return;
    }
    const { status, text: plain, image, ...envelope } = planned;
    const content = image ?? plain ?? JSON.stringify(envelope);
    const html = plain?.startsWith("<") ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8";
    response.writeHead(status, {
      "Content-Type": image === undefined ? html : "image/jpeg;charset=utf-8",
      "Content-Length": Buffer.byteLength(content),
      Date: new Date(Date.now() + this.clockSkewMs).toUTCString(),
    });
    if (fault === "half-body") {
      response.write(content.slice(0, content.length / 2), () => request.socket.destroy());
      return;
    }
    response.end(content);
  }

  #nextFault(path: string): Fault | undefined {
    const index = this.#faults.findIndex(({ pathEnd }) => path.endsWith(pathEnd));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0]?.fault;
  }

  #respond(request: IncomingMessage, path: string, target: string, body: string): GatewayResponse {
    try {
      if (!path.startsWith(`${this.#context}/api/`)) return notFound(path);
      const { method = "", rawHeaders } = request;
      const key = this.#authentication.check({ method, target, rawHeaders });
      if (method !== "POST") throw new Refusal("0x0240100a", "Request method is not supported", 405);
      const parsed = readBody(request.headers["content-type"], body);
      const partner = key === this.#options.appKey ? undefined : key;
      return this.#operate(path.slice(this.#context.length), parsed, partner);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return { status: thrown.status, code: thrown.code, msg: thrown.msg, data: "" };
    }
  }

  #operate(path: string, body: Body, partner: string | undefined): GatewayResponse {
    if (path === "/api/common/v1/version") {
      return success({ produceName: "HikCentral Professional", softVersion: "V2.2.2.0" });
    }
    if (path === "/api/v1/alarms") {
      text(body, "alarmType", 64);
      const time = new Date().toISOString();
      this.emit("alarm", { time, transport: "openapi", text: JSON.stringify(body) });
      return success();
    }
    const onPlatform = platformOperations(this.platform)[path];
    if (onPlatform !== undefined) return onPlatform(body);
    const [, operation = ""] = path.split("/api/eventService/v1/generalEventRule/");
    const handle = this.genericEvents.operations[operation] ?? this.events.find(path.slice("/api/".length));
    // The observed response of real gateways to an operation that they lack.
    if (handle === undefined) throw new Refusal("8", "This product version is not supported");
    return handle(body, partner);
  }
}

/** Starts a gateway on loopback; `close()` it afterwards. */
export async function startHcpGateway(options: HcpGatewayOptions): Promise<HcpGateway> {
  const gateway = new HcpGateway(options);
  await gateway.listen();
  return gateway;
}

function readBody(contentType: string | undefined, body: string): Body {
  if (contentType?.split(";", 1)[0]?.trim() !== "application/json") {
    throw new Refusal("0x0240100a", "Content-Type must be application/json");
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal("0x0240100a", "the body is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Refusal("0x00072003", "the body must be an object");
  }
  return parsed as Body;
}

function faultResponse(fault: Fault | undefined): GatewayResponse | undefined {
  if (fault === "garbage") return { status: 200, text: "<html><body>Sign in</body></html>" };
  if (fault === "act-and-drop") return undefined;
  if (typeof fault === "string")
    return { status: 200, code: "0", msg: "Success", data: "never arrives completely" };
  if (fault === undefined) return undefined;
  if ("code" in fault)
    return { status: fault.status ?? 200, code: fault.code, msg: fault.msg ?? "", data: "" };
  return { status: fault.status, text: fault.body ?? "<html><body>error</body></html>" };
}

/** Returns the response of the web server to a path outside the context path. */
function notFound(path: string): GatewayResponse {
  return { status: 404, text: JSON.stringify({ status: 404, error: "Not Found", path }) };
}
