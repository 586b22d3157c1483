import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** What a proxy does to the bytes of the side that has the fault. `hold` keeps them until the fault ends. */
export type ProxyFault = "none" | "refuse" | "cut" | "hang" | "hold" | "drip" | "garbage" | "full";

export interface Certificate {
  key: string;
  cert: string;
}

interface Connection {
  client: Duplex;
  server: Socket;
  /** Bytes of the faulty side that have not been passed on. */
  kept: Buffer;
  passed: number;
  /** Whether the head of an HTTP message has been passed on: what follows is content. */
  isBehindHead: boolean;
  /** A peer that hung does not come back: only a new connection works. */
  isDead: boolean;
}

/** A message breaks off behind this number of bytes. */
const CUT_AFTER = 30;
const DRIP_MS = 100;

/**
 * The side with the fault: the server, the client when the node is the server, or a server that only reads.
 */
export type FaultySide = "server" | "client" | "reader";

/** A TCP proxy between a node and its counterpart, which has a fault. */
export class FaultProxy {
  /** Serves TLS with this certificate, and speaks without TLS to its target. */
  certificate: Certificate | undefined;
  #fault: ProxyFault = "none";
  #server: Server | undefined;
  #port = 0;
  #accepted = 0;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #drip: NodeJS.Timeout;

  private constructor(
    private readonly target: () => number,
    private readonly faulty: FaultySide,
  ) {
    this.#drip = setInterval(() => {
      if (this.#fault === "drip") for (const each of this.#connections) this.#pass(each, 1);
    }, DRIP_MS);
  }

  /** @param target returns the port of the server on loopback */
  static async start(target: () => number, faulty: FaultySide = "server"): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, faulty);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** The number of connections so far. */
  get accepted(): number {
    return this.#accepted;
  }

  async set(fault: ProxyFault): Promise<void> {
    const before = this.#fault;
    this.#fault = fault;
    for (const each of this.#connections) {
      each.passed = 0;
      each.isBehindHead = false;
      if (before === "hang") each.isDead = true;
      if (before === "drip" || before === "hold") this.#pass(each, each.kept.length);
    }
    if (before === "garbage" || fault === "refuse" || fault === "full") this.breakConnections();
    if (fault === "refuse") await this.#stopListening();
    else if (this.#server === undefined) await this.#listen();
  }

  async close(): Promise<void> {
    clearInterval(this.#drip);
    this.breakConnections();
    await this.#stopListening();
  }

  /** Ends all connections, as after a restart of the server. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#accept(socket);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    this.#sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    if (this.#fault === "full") {
      socket.destroy();
      return;
    }
    const client: Duplex =
      this.certificate === undefined
        ? socket
        : new TLSSocket(socket, { isServer: true, ...this.certificate });
    const server = connect(this.target(), "127.0.0.1");
    const connection: Connection = {
      client,
      server,
      kept: Buffer.alloc(0),
      passed: 0,
      isBehindHead: false,
      isDead: false,
    };
    this.#connections.add(connection);
    const end = (): void => {
      this.#connections.delete(connection);
      // What waits is lost with its connection, except at the end of a short response.
      if (this.#fault === "none") client.end();
      else client.destroy();
      server.end();
      if (this.#fault !== "none") socket.destroy();
    };
    client.on("error", end).on("close", end);
    server.on("error", end).on("close", end);
    const [faulty, sound] = this.faulty === "server" ? [server, client] : [client, server];
    sound.on("data", (chunk: Buffer) => faulty.write(chunk));
    faulty.on("data", (chunk: Buffer) => {
      this.#receive(connection, chunk);
    });
  }

  #receive(connection: Connection, chunk: Buffer): void {
    if (connection.isDead) return;
    switch (this.#fault) {
      case "hang":
        return;
      case "garbage":
        this.#spoil(connection, chunk);
        return;
      case "hold":
      case "drip":
        connection.kept = Buffer.concat([connection.kept, chunk]);
        return;
      case "cut": {
        const left = Math.max(0, CUT_AFTER - connection.passed);
        connection.passed += chunk.length;
        this.#write(connection, chunk.subarray(0, left));
        if (connection.passed >= CUT_AFTER) this.#break(connection);
        return;
      }
      case "none":
      case "refuse":
      case "full":
        this.#write(connection, chunk);
    }
  }

  /** The head of an HTTP message passes: its content is garbage. Other protocols are garbage from the first byte. */
  #spoil(connection: Connection, chunk: Buffer): void {
    if (this.faulty === "reader") {
      connection.client.write(garbageOf(chunk.length));
      this.#write(connection, chunk);
      return;
    }
    const isHead = !connection.isBehindHead && /^(HTTP|POST)/.test(chunk.toString("latin1", 0, 4));
    const end = isHead ? chunk.indexOf("\r\n\r\n") + 4 : 0;
    connection.isBehindHead = isHead && end === chunk.length;
    this.#write(connection, Buffer.concat([chunk.subarray(0, end), garbageOf(chunk.length - end)]));
  }

  #break({ client, server }: Connection): void {
    // The bytes before the break arrive.
    const gone = this.faulty === "server" ? client : server;
    setTimeout(() => {
      gone.destroy();
      client.destroy();
      server.destroy();
    }, 20);
  }

  #pass(connection: Connection, count: number): void {
    this.#write(connection, connection.kept.subarray(0, count));
    connection.kept = connection.kept.subarray(count);
  }

  #write({ client, server }: Connection, bytes: Buffer): void {
    if (bytes.length > 0) (this.faulty === "server" ? client : server).write(bytes);
  }
}

/** Bytes that begin no protocol: every one has the highest bit. */
function garbageOf(length: number): Buffer {
  return Buffer.alloc(length, Buffer.from([0x81, 0xfe, 0x93, 0xd7, 0xa5, 0xff, 0x8d]));
}
