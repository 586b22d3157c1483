import path from "node:path";
import type { SimulatedSite } from "../support/simulated-site";
import type { SoakServers } from "./servers";

/** Node-RED's nodes by id. */
export interface FlowNode {
  id: string;
  [property: string]: unknown;
}

/** HikCentral's number of a motion event. */
export const MOTION = 131331;

/** The file with a line for each message of a store that was archived: number of the event, sequence, deliveries. */
export const deliveredFile = (site: SimulatedSite): string => path.join(site.folder, "delivered.txt");

/** The types of the events of both detectors. */
export const detectedTypes = { here: "intrusion", server: "regionEntrance" };

/**
 * All sources, detection, both stores and the archive of a site. What each source sends is in the archive in the end:
 * HikCentral through the store of this computer, Viewtron through NATS, the others directly. A store's message is
 * acknowledged when it is archived. What a store delivers is also in `deliveredFile`.
 */
export function soakFlow(site: SimulatedSite, servers: SoakServers, port: number): FlowNode[] {
  const { gateway, device, camera, thermalStream, login, keys } = site;
  const { nats, inference } = servers;
  const here = { store: "here", folder: "events" };
  const stored = nats === undefined ? here : { store: "nats", server: "nats" };
  const taken = (consumer: string): object => ({ consumer, ackWait: "5", wires: [["archive"], []] });
  const own = (id: string, type: string, next: readonly string[], config: object): FlowNode => ({
    ...{ id, type, z: "tab", wires: [next] },
    ...config,
  });
  return [
    { id: "tab", type: "tab", label: "Soak" },
    ...(nats === undefined ? [] : [{ id: "nats", type: "nats-jetstream", servers: nats.url }]),
    {
      ...{ id: "inference", type: "inference-server", urls: inference.map(({ url }) => url).join(", ") },
      ...{ model: "colours", timeout: "2" },
    },
    { id: "server", type: "hcp-config", url: gateway.url, credentials: keys },
    { id: "device", type: "isapi-config", url: device.url, credentials: login },
    own("hcp", "hcp-event-in", ["out-here"], {
      answer: "stored",
      ...{ server: "server", eventTypes: [MOTION], path: "/hcp/events", pictures: "none", checkEvery: "1" },
      callbackUrl: `http://127.0.0.1:${port}`,
      credentials: { token: "t0ken" },
    }),
    own("viewtron", "viewtron-webhook-in", ["out-nats"], { path: "/viewtron", answer: "stored" }),
    own("out-here", "events-out", [], here),
    own("in-here", "events-in", [], { ...here, ...taken("soak-here"), filter: "surveillance.hcp.>" }),
    own("out-nats", "events-out", [], stored),
    own("in-nats", "events-in", [], { ...stored, ...taken("soak-nats"), filter: "surveillance.viewtron.>" }),
    own("alerts", "isapi-alertstream-in", ["archive"], { device: "device", maxBackoff: "1" }),
    own("metadata", "rtsp-metadata", ["archive"], {
      ...{ source: "isapi", device: "device", channel: "201", rtspPort: String(thermalStream.port) },
    }),
    own("readings", "isapi-thermometry", [], { device: "device", channel: "2", mode: "realtime" }),
    own("frames", "rtsp-frames", ["detect", "detect-there"], {
      ...{ source: "url", url: camera.url, transport: "tcp", fps: "2", format: "jpeg", autostart: true },
      credentials: login,
    }),
    own("detect", "yolo-detect", ["rule"], { model: site.model }),
    own("rule", "detection-rule", ["archive"], { labels: "red", minScore: "0.5", hits: "1", window: "1" }),
    own("detect-there", "yolo-detect", ["rule-there"], {
      ...{ runsOn: "server", inferenceServer: "inference", fallback: false, labels: "red, green, blue" },
    }),
    own("rule-there", "detection-rule", ["archive"], {
      ...{ labels: "red", minScore: "0.5", hits: "1", window: "1", eventType: detectedTypes.server },
    }),
    own("archive", "event-archive", ["back"], {
      folder: path.join(site.folder, "archive"),
      csv: true,
      images: true,
    }),
    own("back", "switch", [], {
      ...{ property: "delivery", propertyType: "msg", checkall: "true", repair: false },
      rules: [
        { t: "jsonata_exp", v: 'delivery.consumer = "soak-here"', vt: "jsonata" },
        { t: "jsonata_exp", v: 'delivery.consumer = "soak-nats"', vt: "jsonata" },
        { t: "nnull" },
      ],
      wires: [["in-here"], ["in-nats"], ["number"]],
    }),
    own("number", "change", ["delivered"], {
      rules: [
        {
          ...{ t: "set", p: "payload", pt: "msg", tot: "jsonata" },
          to: "($exists(payload.targets[0].plate) ? payload.targets[0].plate : payload.id) & ' ' & delivery.sequence & ' ' & delivery.count",
        },
      ],
    }),
    own("delivered", "file", [], {
      ...{ filename: deliveredFile(site), filenameType: "str", appendNewline: true },
      ...{ overwriteFile: "false", encoding: "utf8" },
    }),
    // Takes the errors that the faults cause.
    { id: "catch", type: "catch", z: "tab", scope: null, uncaught: false, wires: [[]] },
  ];
}
