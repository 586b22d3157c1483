import dgram from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";

/** Sends the packets of one track. */
export interface RtspTransport {
  /** The header `Transport` in the response to SETUP (RFC 2326, 12.39). */
  readonly description: string;
  rtp(packet: Buffer): void;
  rtcp(packet: Buffer): void;
  /** The receiver is too slow: too many bytes wait in the socket. */
  readonly congested: boolean;
  close(): void;
}

const MAX_UNSENT = 8 * 1024 * 1024;

/** Opens the transport of a SETUP request; returns undefined if the camera does not support it. */
export async function openTransport(
  header: string,
  connection: Socket,
  allowed: readonly ("tcp" | "udp")[],
  onRtcp: () => void,
): Promise<RtspTransport | undefined> {
  for (const spec of header.split(",").map((text) => text.trim())) {
    const parts = spec.split(";");
    if (parts.includes("multicast")) continue;
    if (parts[0] === "RTP/AVP/TCP" && allowed.includes("tcp")) {
      const [, first = "0", second = "1"] = /interleaved=(\d+)-(\d+)/.exec(spec) ?? [];
      return interleaved(connection, Number(first), Number(second));
    }
    const ports = /client_port=(\d+)-(\d+)/.exec(spec);
    if ((parts[0] === "RTP/AVP" || parts[0] === "RTP/AVP/UDP") && ports !== null && allowed.includes("udp"))
      return udp(connection.remoteAddress ?? "127.0.0.1", Number(ports[1]), Number(ports[2]), onRtcp);
  }
  return undefined;
}

/** Sends RTP on the RTSP connection (RFC 2326, 10.12). */
function interleaved(connection: Socket, rtpChannel: number, rtcpChannel: number): RtspTransport {
  const send = (channel: number, packet: Buffer): void => {
    const frame = Buffer.alloc(4);
    frame[0] = 0x24;
    frame[1] = channel;
    frame.writeUInt16BE(packet.length, 2);
    connection.write(Buffer.concat([frame, packet]));
  };
  return {
    description: `RTP/AVP/TCP;unicast;interleaved=${rtpChannel}-${rtcpChannel}`,
    rtp: (packet) => {
      send(rtpChannel, packet);
    },
    rtcp: (packet) => {
      send(rtcpChannel, packet);
    },
    get congested() {
      return connection.writableLength > MAX_UNSENT;
    },
    close: () => undefined,
  };
}

async function udp(
  address: string,
  rtpPort: number,
  rtcpPort: number,
  onRtcp: () => void,
): Promise<RtspTransport> {
  const [rtp, rtcp] = await Promise.all([boundSocket(), boundSocket()]);
  rtcp.on("message", onRtcp);
  // A closed receiver causes "port unreachable". The end of its RTSP connection stops the transport.
  for (const socket of [rtp, rtcp]) socket.on("error", () => undefined);
  return {
    description: `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${rtp.address().port}-${rtcp.address().port}`,
    rtp: (packet) => {
      rtp.send(packet, rtpPort, address);
    },
    rtcp: (packet) => {
      rtcp.send(packet, rtcpPort, address);
    },
    congested: false,
    close: () => {
      rtp.close();
      rtcp.close();
    },
  };
}

async function boundSocket(): Promise<dgram.Socket> {
  const socket = dgram.createSocket({ type: "udp4", sendBufferSize: 1024 * 1024 });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
