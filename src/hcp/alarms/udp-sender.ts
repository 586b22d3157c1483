import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { SurveillanceError } from "../../core/errors";
import { networkError } from "../../net/network-error";

/**
 * The bytes that fit into one Ethernet frame. A fragmented datagram is lost with any of its fragments, and many
 * firewalls drop fragments.
 */
const MAX_BYTES = 1472;
const MAX_PENDING = 100;

/** Sends each text as one UDP datagram. UDP does not report whether it arrives. */
export class UdpSender {
  readonly #host: string;
  readonly #port: number;
  readonly #socket: Socket;
  /** Rejects each message whose host name is still being looked up: a closed socket forgets them. */
  readonly #pending = new Set<(error: Error) => void>();
  #closed = false;

  constructor({ host, port }: { host: string; port: number }) {
    this.#host = host;
    this.#port = port;
    this.#socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    // A rejected earlier datagram is not a reason to end. The callback of send receives errors of sending.
    this.#socket.on("error", () => undefined);
  }

  /**
   * Resolves when the datagram is handed to the network.
   *
   * @throws {SurveillanceError} TOO_LARGE, QUEUE_FULL, HOST_UNKNOWN, CONNECTION_REFUSED, CONNECTION_LOST, CLOSED
   */
  async send(text: string): Promise<void> {
    const bytes = Buffer.from(text, "utf8");
    const where = this.#where();
    if (this.#closed) throw this.#closedError();
    if (this.#pending.size >= MAX_PENDING) {
      throw new SurveillanceError("QUEUE_FULL", `${where}: the queue is full (${MAX_PENDING} messages).`);
    }
    if (bytes.length > MAX_BYTES) {
      throw new SurveillanceError("TOO_LARGE", `${where}: the message is longer than ${MAX_BYTES} bytes.`, {
        advice: "Shorten the template, or use TCP.",
      });
    }
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      this.#socket.send(bytes, this.#port, this.#host, (error) => {
        this.#pending.delete(reject);
        if (error === null) resolve();
        else reject(networkError(error, where));
      });
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    for (const reject of this.#pending) reject(this.#closedError());
  }

  #where(): string {
    return `HikCentral's generic event port ${this.#host}:${this.#port}`;
  }

  #closedError(): SurveillanceError {
    return new SurveillanceError("CLOSED", `${this.#where()}: the socket was closed.`);
  }
}
