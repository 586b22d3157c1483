import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { plainAddress } from "./allow-list";
import { networkOf } from "./sender";

export interface ConnectionLimitsOptions {
  /** Maximum number of connections of all senders. */
  total: number;
  perSender: number;
  /** Tells whether an address is shared by many senders: its connections only count for the total. */
  isProxy: (address: string) => boolean;
}

/** A connection, identified by the address and port of its sender: with TLS, its requests have another socket. */
interface Connection {
  socket: Socket;
  /** Number of requests without a response. */
  busy: number;
}

/**
 * Limits the connections to a server, for each sender and in total. When the total is exceeded, the oldest idle
 * connection of the sender with the most connections is closed. So idle connections block neither other senders nor a
 * new connection of the same sender.
 */
export class ConnectionLimits {
  readonly #options: ConnectionLimitsOptions;
  readonly #senders = new Map<string, Map<string, Connection>>();
  #total = 0;

  constructor(options: ConnectionLimitsOptions) {
    this.#options = options;
  }

  watch(server: Server): void {
    server.on("connection", (socket: Socket) => {
      this.#add(socket);
    });
    const track = (request: IncomingMessage, response: ServerResponse): void => {
      const connection = this.#senders.get(senderOf(request.socket))?.get(nameOf(request.socket));
      if (connection === undefined) return;
      connection.busy += 1;
      response.once("close", () => {
        connection.busy -= 1;
      });
    };
    server.prependListener("request", track);
    server.prependListener("checkContinue", track);
  }

  #add(socket: Socket): void {
    const sender = senderOf(socket);
    const name = nameOf(socket);
    const own = this.#senders.get(sender) ?? new Map<string, Connection>();
    this.#senders.set(sender, own.set(name, { socket, busy: 0 }));
    this.#total += 1;
    socket.once("close", () => {
      this.#remove(sender, name, socket);
    });
    const { total, perSender, isProxy } = this.#options;
    if (own.size > perSender && !isProxy(plainAddress(socket.remoteAddress))) this.#drop(own, sender);
    else if (this.#total > total) this.#drop(...this.#largest());
  }

  #remove(sender: string, name: string, socket: Socket): void {
    const own = this.#senders.get(sender);
    if (own?.get(name)?.socket !== socket) return;
    own.delete(name);
    this.#total -= 1;
    if (own.size === 0) this.#senders.delete(sender);
  }

  #largest(): [Map<string, Connection>, string] {
    let [found, of] = [new Map<string, Connection>(), ""];
    for (const [sender, own] of this.#senders) if (own.size > found.size) [found, of] = [own, sender];
    return [found, of];
  }

  /** Closes the oldest idle connection, or the newest connection if all are busy. */
  #drop(own: Map<string, Connection>, sender: string): void {
    const connections = [...own];
    const [name, connection] = connections.find(([, { busy }]) => busy === 0) ?? connections.at(-1) ?? [];
    if (name === undefined || connection === undefined) return;
    // Removed at once, not when it is closed: the next connection may be earlier.
    this.#remove(sender, name, connection.socket);
    connection.socket.destroy();
  }
}

function senderOf(socket: Socket): string {
  return networkOf(plainAddress(socket.remoteAddress));
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ""} ${remotePort ?? 0}`;
}
