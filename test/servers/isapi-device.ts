import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { Readable, pipeline } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { below, cut, seededRandom } from "../support/seeded-random";
import { alertXml, heartbeatXml, jpeg, type AlertFields } from "./isapi/alerts";
import { DigestGuard, type GuardOptions } from "./isapi/digest-guard";
import {
  deviceInfo,
  inputProxies,
  responseStatus,
  systemTime,
  videoInputs,
  type DeviceKind,
} from "./isapi/documents";
import { frame, guideFraming, type Framing } from "./isapi/framing";
import { ok, refuse } from "./isapi/responses";

export interface DeviceOptions extends Partial<GuardOptions> {
  kind: DeviceKind;
  /** The names of its channels. */
  channels: readonly string[];
  /** The number of a hybrid recorder's own inputs; alerts number the other channels from 33. */
  inputs: number;
  framing: Framing;
  /** 0: no heartbeats. */
  heartbeatMs: number;
  /** The limit of concurrent event streams. */
  maxStreams: number;
  /** The path of the event stream; older firmware has no /ISAPI. */
  streamPath: string;
  /** "Notify Surveillance Center" is switched on. */
  notifiesCenter: boolean;
  /** Sends each event in its own response, on the same connection. */
  responsePerEvent: boolean;
  port: number;
  tls?: { key: string; cert: string };
}

export interface SeenRequest {
  method: string;
  url: string;
  authorization: string | undefined;
  /** The Range header. */
  range: string | undefined;
  body: string;
  /** The status of the response. */
  status: number;
  /** The reason of a refused login. */
  refusal?: string;
  /** The number of the connection, from 1. */
  connection: number;
}

export interface SimulatedResponse {
  status: number;
  type?: string;
  /** A stream is sent as it arrives. If it fails, the connection is closed. */
  body?: string | Buffer | Readable;
  headers?: Record<string, string>;
  /** The response waits for this. */
  after?: Promise<void>;
  /** Sends the response instead. */
  respond?: (response: ServerResponse) => void;
}
export type Handler = (request: SeenRequest) => SimulatedResponse | undefined;

/**
 * A camera or recorder with ISAPI, as strict as a real one: every request needs a login, and requests outside the guide
 * are refused. Emits `request` (SeenRequest), `stream` when a client opens the event stream, and `streamClosed`.
 */
export class SimulatedDevice extends EventEmitter<{ request: [SeenRequest]; stream: []; streamClosed: [] }> {
  readonly options: DeviceOptions;
  readonly guard: DigestGuard;
  readonly requests: SeenRequest[] = [];
  /** Handlers by path, used before the device's own. */
  readonly handlers = new Map<string, Handler>();
  /** Handlers of paths without a login. */
  readonly unauthenticated = new Map<string, Handler>();
  readonly #server: Server;
  readonly #sockets = new Map<Socket, number>();
  readonly #streams = new Set<ServerResponse>();
  #connections = 0;
  #isGone = false;

  static async start(options: Partial<DeviceOptions> = {}): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(options);
    device.#server.listen(device.options.port, "127.0.0.1");
    await once(device.#server, "listening");
    return device;
  }

  private constructor(options: Partial<DeviceOptions>) {
    super();
    this.options = {
      kind: "camera",
      channels: ["Gate"],
      inputs: 0,
      framing: guideFraming,
      heartbeatMs: 0,
      maxStreams: 4,
      streamPath: "/ISAPI/Event/notification/alertStream",
      notifiesCenter: true,
      responsePerEvent: false,
      port: 0,
      ...options,
    };
    this.guard = new DigestGuard({
      username: "flow",
      password: "s3cret:pass",
      algorithm: undefined,
      qop: "auth",
      opaque: "",
      digest: true,
      basic: false,
      maxFailures: 5,
      lockSeconds: 1800,
      saysStale: true,
      saysAttempts: true,
      nonceUses: Number.POSITIVE_INFINITY,
      keepsOneNonce: false,
      deniedPaths: [],
      now: Date.now,
      ...options,
    });
    const listener = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#handle(request, response);
    this.#server =
      this.options.tls === undefined ? createServer(listener) : createTlsServer(this.options.tls, listener);
    this.#server.on("connection", (socket: Socket) => {
      this.#keep(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.options.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  get connections(): number {
    return this.#connections;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  // ---- event stream ----

  alert(fields: AlertFields = {}, inner = ""): void {
    this.part('application/xml; charset="UTF-8"', alertXml(fields, inner));
  }

  part(contentType: string, body: string | Buffer, headers: Record<string, string> = {}): void {
    if (this.options.responsePerEvent) this.#respond(contentType, Buffer.from(body as string));
    else this.raw(frame(this.options.framing, contentType, body, headers));
  }

  /** Writes bytes to every open stream. */
  raw(bytes: Buffer | string): void {
    if (this.#isGone) return;
    for (const stream of this.#streams) stream.write(bytes);
  }

  /** Replays a recorded stream in random chunks at random times, the same for each seed. */
  async replay(recording: Buffer, { seed = 1, maxChunk = 2000, maxPauseMs = 3 } = {}): Promise<void> {
    const random = seededRandom(seed);
    for (const chunk of cut(recording, random, maxChunk)) {
      this.raw(chunk);
      await delay(below(random, maxPauseMs + 1));
    }
  }

  /** Ends every stream without an error, as recorders do from time to time. */
  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Goes silent like a device without power: clients do not see their streams end. */
  vanish(): void {
    this.#isGone = true;
    const kept = new Set([...this.#streams].map(({ socket }) => socket));
    for (const socket of this.#sockets.keys()) if (!kept.has(socket)) socket.destroy();
    this.#server.close();
  }

  /** Breaks every connection. */
  breakConnections(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  async close(): Promise<void> {
    this.breakConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  // ---- requests ----

  #keep(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.set(socket, this.#connections);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const seen: SeenRequest = {
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization,
      range: request.headers.range,
      body: Buffer.concat(chunks).toString(),
      status: 200,
      connection: this.#connectionOf(request),
    };
    const open = this.unauthenticated.get(seen.url)?.(seen);
    const verdict = open === undefined ? this.guard.check(request) : ({ granted: true } as const);
    const answer: SimulatedResponse | "stream" = verdict.granted
      ? (open ?? this.#answer(seen))
      : {
          status: 401,
          type: "application/xml",
          body: verdict.body,
        };
    if (!verdict.granted) {
      seen.refusal = verdict.reason;
      response.setHeader("WWW-Authenticate", verdict.challenge);
    }
    seen.status = answer === "stream" ? 200 : answer.status;
    this.requests.push(seen);
    if (answer === "stream") this.#openStream(response);
    else if (answer.respond !== undefined) answer.respond(response);
    else void this.#respondWith(response, answer);
    this.emit("request", seen);
  }

  async #respondWith(response: ServerResponse, answer: SimulatedResponse): Promise<void> {
    await answer.after;
    response.writeHead(answer.status, {
      "Content-Type": answer.type ?? "application/xml",
      ...answer.headers,
    });
    if (answer.body instanceof Readable) {
      response.flushHeaders();
      pipeline(answer.body, response, () => undefined);
    } else response.end(answer.body ?? "");
  }

  #connectionOf(request: IncomingMessage): number {
    const socket = request.socket as Socket & { _parent?: Socket };
    return this.#sockets.get(socket._parent ?? socket) ?? 0;
  }

  #answer(request: SeenRequest): SimulatedResponse | "stream" {
    const [path = "", query = ""] = request.url.split("?");
    const own = this.handlers.get(path)?.(request);
    if (own !== undefined) return own;
    if (path === this.options.streamPath && request.method === "GET") return this.#admitStream(request.url);
    const body = this.#document(request.method, path, query);
    if (body instanceof Buffer) return { status: 200, type: "image/jpeg", body };
    if (body !== undefined) return { status: 200, body };
    if (request.method === "PUT" && path === "/ISAPI/System/time") return this.#setTime(request);
    if (path.startsWith("/ISAPI/Event/triggers/")) {
      return { status: 503, body: responseStatus(request.url, 2, "Device Busy", "deviceBusy") };
    }
    return refuse(request.url, 404, 4, "notSupport");
  }

  #document(method: string, path: string, query: string): string | Buffer | undefined {
    if (method !== "GET") return undefined;
    const { kind, channels, inputs } = this.options;
    const own = kind === "camera" ? channels : channels.slice(0, inputs);
    if (path === "/ISAPI/System/deviceInfo") return deviceInfo(kind);
    if (path === "/ISAPI/System/time") return systemTime(new Date());
    if (path === "/ISAPI/System/Video/inputs/channels" && own.length > 0) return videoInputs(own);
    if (path === "/ISAPI/ContentMgmt/InputProxy/channels" && kind !== "camera")
      return inputProxies(channels.slice(own.length), own.length + 1);
    const image = /^\/ISAPI\/(Streaming|ContentMgmt\/StreamingProxy)\/channels\/(\d+)\/picture$/.exec(path);
    if (image === null) return undefined;
    // A recorder's cameras are behind its proxy.
    if ((image[1] === "Streaming") !== (kind === "camera")) return undefined;
    const channel = Number(image[2]);
    if (Math.floor(channel / 100) < 1 || Math.floor(channel / 100) > channels.length) return undefined;
    const size = new URLSearchParams(query);
    const wide = channel % 100 === 1 ? [1920, 1080] : [640, 360];
    return jpeg(
      5000,
      Number(size.get("videoResolutionWidth") ?? wide[0]),
      Number(size.get("videoResolutionHeight") ?? wide[1]),
    );
  }

  #setTime({ url, body }: SeenRequest): SimulatedResponse {
    const wellFormed = /<Time[\s>][^]*<timeMode>(NTP|manual)<\/timeMode>[^]*<\/Time>/.test(body);
    return wellFormed
      ? ok(url)
      : { status: 400, body: responseStatus(url, 6, "Invalid XML Content", "badXmlContent") };
  }

  #admitStream(url: string): SimulatedResponse | "stream" {
    if (!this.options.notifiesCenter) return refuse(url, 403, 4, "invalidOperation");
    if (this.#streams.size >= this.options.maxStreams) {
      return refuse(url, 403, 4, "deployExceedMax");
    }
    return "stream";
  }

  #openStream(response: ServerResponse): void {
    const { declared } = this.options.framing;
    const beat = (): void => {
      this.part("application/xml", heartbeatXml());
    };
    const heart = this.options.heartbeatMs > 0 ? setInterval(beat, this.options.heartbeatMs) : undefined;
    this.#streams.add(response);
    response.on("close", () => {
      clearInterval(heart);
      this.#streams.delete(response);
      this.emit("streamClosed");
    });
    if (!this.options.responsePerEvent) {
      const boundary = declared === undefined ? "" : `; boundary=${declared}`;
      response.writeHead(200, { "MIME-Version": "1.0", "Content-Type": `multipart/mixed${boundary}` });
      response.flushHeaders();
    }
    this.emit("stream");
  }

  #respond(contentType: string, body: Buffer): void {
    for (const stream of this.#streams) {
      stream.writeHead(200, { "Content-Type": contentType, "Content-Length": body.length });
      stream.end(body);
    }
  }
}
