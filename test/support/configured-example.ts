import { readFile } from "node:fs/promises";
import path from "node:path";
import type { SimulatedSite } from "./simulated-site";

export interface ExampleNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

const folder = path.resolve(__dirname, "../../examples");

/** Returns an example with the settings that a user enters: addresses, credentials, files and labels of the model. */
export async function configuredExample(
  file: string,
  site: SimulatedSite,
  origin: string,
): Promise<ExampleNode[]> {
  const nodes = JSON.parse(await readFile(path.join(folder, file), "utf8")) as ExampleNode[];
  return nodes.map((node) => ({ ...node, ...settingsOf(node, site, origin) }));
}

function settingsOf(node: ExampleNode, site: SimulatedSite, origin: string): object {
  const { gateway, device, camera, login, keys } = site;
  switch (node.type) {
    case "isapi-config":
      return { url: device.url, credentials: login };
    case "hcp-config":
      return { url: gateway.url, credentials: keys };
    case "hcp-alarm-out":
      return {
        host: "127.0.0.1",
        port: String(node.transport === "udp" ? gateway.udpPort : gateway.tcpPort),
      };
    case "hcp-event-in":
      return { callbackUrl: origin, credentials: { token: "example-token" } };
    case "rtsp-frames":
      return {
        ...(node.source === "url" && { url: camera.url, credentials: login }),
        ...(node.source === "isapi" && { rtspPort: String(camera.port) }),
        ...(node.record !== undefined && node.record !== "off" && { recordFolder: site.folder }),
      };
    case "rtsp-metadata":
      return { rtspPort: String(site.thermalStream.port), channel: "201" };
    case "yolo-detect":
      return { model: site.model, ...(node.runsOn === "server" && { classes: "" }) };
    case "inference-server":
      return { urls: site.inference.url, model: "colours" };
    case "detection-rule":
      return { labels: "red" };
    case "events-out":
    case "events-in":
      return { folder: path.join(site.folder, "events") };
    case "nats-jetstream":
      return { servers: site.nats?.url };
    case "event-archive":
      return { folder: path.join(site.folder, "archive") };
    case "viewtron-webhook-in":
      return { allow: "127.0.0.1" };
    case "isapi-audio":
      return { file: site.sound };
    default:
      return {};
  }
}
