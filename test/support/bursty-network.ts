import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A network between a client and a camera that delays the data of the camera and then delivers it at once. */
export class BurstyNetwork {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(server: Server, sockets: Socket[]) {
    this.#server = server;
    this.#sockets = sockets;
    let held = false;
    this.#timer = setInterval(() => {
      held = !held;
      for (const socket of sockets)
        if (held) socket.cork();
        else socket.uncork();
    }, 400);
  }

  static async open(port: number): Promise<BurstyNetwork> {
    const sockets: Socket[] = [];
    const server = createServer((client) => {
      const camera = connect(port, "127.0.0.1");
      client.pipe(camera).pipe(client);
      for (const socket of [client, camera]) socket.on("error", () => undefined);
      client.on("close", () => camera.destroy());
      sockets.push(client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new BurstyNetwork(server, sockets);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
