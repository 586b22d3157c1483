import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { systemClock, type Clock } from "../../core/clock";
import { pause } from "../../core/pause";
import { networkError } from "../../net/network-error";
import { numberOf, textOf } from "../../core/fields";
import { parseXml } from "../documents/xml";

/** A device that responded to a SADP probe. */
export interface DiscoveredDevice {
  /** `http://192.0.2.10:80` */
  url: string;
  ip: string;
  mac: string | undefined;
  model: string | undefined;
  serial: string | undefined;
  firmware: string | undefined;
  /** False: the device has no password yet. */
  activated: boolean;
}

export interface DiscoveryOptions {
  /** Default: the multicast group of SADP, 239.255.255.250. */
  address?: string;
  port?: number;
  /** The port that devices send their responses to; 0: any. Default 37020. */
  localPort?: number;
  /** How long to wait for responses; default 2 s. */
  seconds?: number;
  clock?: Clock;
}

const GROUP = "239.255.255.250";
const PORT = 37020;
const MAX_DEVICES = 500;
const MAX_DATAGRAM_BYTES = 16 * 1024;

/**
 * Finds devices in the local network with SADP: every device responds to one UDP probe. The probe contains no
 * credentials. Nothing else is sent.
 *
 * @throws {SurveillanceError} if the network cannot be used
 */
export async function discoverDevices(options: DiscoveryOptions = {}): Promise<DiscoveredDevice[]> {
  const { address = GROUP, port = PORT, localPort = PORT, seconds = 2, clock = systemClock } = options;
  const uuid = randomUUID().toUpperCase();
  const found = new Map<string, DiscoveredDevice>();
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (datagram) => {
    const device = datagram.length > MAX_DATAGRAM_BYTES ? undefined : readMatch(datagram.toString());
    if (device !== undefined && found.size < MAX_DEVICES) found.set(device.mac ?? device.url, device);
  });
  try {
    await bind(socket, localPort, address === GROUP);
    const probe = `<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>${uuid}</Uuid><Types>inquiry</Types></Probe>`;
    await new Promise<void>((resolve, reject) => {
      socket.send(probe, port, address, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    await pause(seconds * 1000, clock);
  } catch (thrown) {
    throw networkError(thrown, "The search for devices");
  } finally {
    socket.close();
  }
  return [...found.values()].sort((a, b) => a.ip.localeCompare(b.ip, "en", { numeric: true }));
}

async function bind(socket: Socket, port: number, multicast: boolean): Promise<void> {
  socket.bind(port);
  await once(socket, "listening");
  if (!multicast) return;
  socket.setMulticastTTL(4);
  socket.addMembership(GROUP);
}

function readMatch(text: string): DiscoveredDevice | undefined {
  let fields: unknown;
  try {
    const { root, value } = parseXml(text);
    if (root !== "ProbeMatch") return undefined;
    fields = value;
  } catch {
    // Other traffic of the group, including this probe.
    return undefined;
  }
  const ip = textOf(fields, "IPv4Address");
  if (ip === undefined) return undefined;
  return {
    url: urlOf(ip, portOf(fields, "HttpPort"), portOf(fields, "HttpsPort")),
    ip,
    mac: textOf(fields, "MAC"),
    model: textOf(fields, "DeviceDescription"),
    serial: textOf(fields, "DeviceSN"),
    firmware: textOf(fields, "SoftwareVersion"),
    activated: textOf(fields, "Activated") !== "false",
  };
}

/** Returns undefined if the device reports no port, and 0 if the port is off. Some devices report 0 for both ports. */
function portOf(fields: unknown, name: string): number | undefined {
  const port = numberOf(fields, name);
  return port !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536 ? port : undefined;
}

/** Returns the HTTP URL, or the HTTPS URL if only HTTPS is on. */
function urlOf(ip: string, http: number | undefined, https: number | undefined): string {
  if (http === undefined || http === 0) return https ? `https://${ip}:${https}` : `http://${ip}:80`;
  return `http://${ip}:${http}`;
}
