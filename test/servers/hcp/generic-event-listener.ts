import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface GenericEventListener {
  tcpPort: number;
  udpPort: number;
  /** Resets every TCP connection. */
  resetConnections: () => void;
  close: () => Promise<void>;
}

const MAX_PACKAGE_BYTES = 64 * 1024;

/**
 * Listens like HikCentral's receiver of generic events. On TCP, a message ends with Enter; data without Enter is
 * ignored. A UDP datagram is a message.
 */
export async function listenForGenericEvents(
  ports: { tcpPort: number; udpPort: number },
  onPackage: (transport: "tcp" | "udp", packet: string) => void,
): Promise<GenericEventListener> {
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    let rest = Buffer.alloc(0);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        onPackage("tcp", rest.subarray(0, end).toString("utf8").replace(/\r$/, ""));
        rest = rest.subarray(end + 1);
      }
      if (rest.length > MAX_PACKAGE_BYTES) socket.destroy();
    });
  });
  const udp = createSocket("udp4", (message) => {
    onPackage("udp", message.toString("utf8"));
  });
  tcp.listen(ports.tcpPort, "127.0.0.1");
  udp.bind(ports.udpPort, "127.0.0.1");
  await Promise.all([once(tcp, "listening"), once(udp, "listening")]);

  return {
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    resetConnections: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      const closed = [once(tcp, "close"), once(udp, "close")];
      tcp.close();
      udp.close();
      await Promise.all(closed);
    },
  };
}
