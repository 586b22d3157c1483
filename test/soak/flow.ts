import path from "node:path";
import type { SimulatedSite } from "../support/simulated-site";

/** Node-RED's nodes by id. */
export interface FlowNode {
  id: string;
  [property: string]: unknown;
}

/** HikCentral's number of a motion event. */
export const MOTION = 131331;

/** All sources, detection and the archive of a site. What each source sends is in the archive in the end. */
export function soakFlow(site: SimulatedSite, port: number): FlowNode[] {
  const { gateway, device, camera, thermalStream, login, keys } = site;
  const own = (id: string, type: string, next: readonly string[], config: object): FlowNode => ({
    ...{ id, type, z: "tab", wires: [next] },
    ...config,
  });
  return [
    { id: "tab", type: "tab", label: "Soak" },
    { id: "server", type: "hcp-config", url: gateway.url, credentials: keys },
    { id: "device", type: "isapi-config", url: device.url, credentials: login },
    own("hcp", "hcp-event-in", ["archive"], {
      ...{ server: "server", eventTypes: [MOTION], path: "/hcp/events", pictures: "none", checkEvery: "1" },
      callbackUrl: `http://127.0.0.1:${port}`,
      credentials: { token: "t0ken" },
    }),
    own("viewtron", "viewtron-webhook-in", ["archive"], { path: "/viewtron" }),
    own("alerts", "isapi-alertstream-in", ["archive"], { device: "device", maxBackoff: "1" }),
    own("metadata", "rtsp-metadata", ["archive"], {
      ...{ source: "isapi", device: "device", channel: "201", rtspPort: String(thermalStream.port) },
    }),
    own("readings", "isapi-thermometry", [], { device: "device", channel: "2", mode: "realtime" }),
    own("frames", "rtsp-frames", ["detect"], {
      ...{ source: "url", url: camera.url, transport: "tcp", fps: "2", format: "jpeg", autostart: true },
      credentials: login,
    }),
    own("detect", "yolo-detect", ["rule"], { model: site.model }),
    own("rule", "detection-rule", ["archive"], { labels: "red", minScore: "0.5", hits: "1", window: "1" }),
    own("archive", "event-archive", [], {
      folder: path.join(site.folder, "archive"),
      csv: true,
      images: true,
    }),
    // Takes the errors that the faults cause.
    { id: "catch", type: "catch", z: "tab", scope: null, uncaught: false, wires: [[]] },
  ];
}
