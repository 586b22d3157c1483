import { once } from "node:events";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A line to a server on this computer. A process at its other end dies for the server when it is cut. */
export class CutLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(port: number): Promise<CutLine> {
    const server = createServer();
    const line = new CutLine(server);
    server.on("connection", (near) => {
      const far = createConnection(port, "127.0.0.1");
      for (const socket of [near, far]) {
        line.#sockets.add(socket);
        socket.on("error", () => undefined);
      }
      near.pipe(far).on("close", () => near.destroy());
      far.pipe(near).on("close", () => far.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return line;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the line for good. */
  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
