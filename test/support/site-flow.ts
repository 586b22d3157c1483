import path from "node:path";
import type { SimulatedSite } from "./simulated-site";

/** A node with a button before it (`press-<id>`) and a debug node behind each output (`out-<id>`, `out-<id>-2`). */
function wired(id: string, type: string, config: object, next: readonly string[] = []): object[] {
  const outputs = type.startsWith("rtsp-") ? 2 : 1;
  const behind = Array.from(
    { length: outputs },
    (_, index) => `out-${id}${index === 0 ? "" : `-${index + 1}`}`,
  );
  return [
    { id: `press-${id}`, type: "inject", z: "tab", props: [], wires: [[id]] },
    {
      id,
      type,
      z: "tab",
      ...config,
      wires: behind.map((out, index) => (index === 0 ? [out, ...next] : [out])),
    },
    ...behind.map((out) => ({
      ...{ id: out, type: "debug", z: "tab", active: true, tosidebar: true },
      ...{ complete: "true", targetType: "full", wires: [] },
    })),
  ];
}

/**
 * Returns a flow with every sending and requesting node of a site, and a Catch node with the debug node `errors`. The id
 * of a node must not be a value of another node's property: Node-RED treats such a value as a reference.
 */
export function siteFlow(site: SimulatedSite): object[] {
  const { gateway, device, camera, thermalStream, login, keys } = site;
  const isapi = { device: "device" };
  const alarm = { server: "server", host: "127.0.0.1", rule: "Acceptance" };
  const span = { start: "2026-03-02T00:00:00Z", end: "2026-03-03T00:00:00Z" };
  return [
    { id: "tab", type: "tab", label: "Site" },
    { id: "server", type: "hcp-config", url: gateway.url, credentials: keys },
    { id: "device", type: "isapi-config", url: device.url, credentials: login },
    ...wired("request", "hcp-request", { server: "server", operation: "resource/cameras", paging: "all" }),
    ...wired("alarm-tcp", "hcp-alarm-out", { ...alarm, transport: "tcp", port: String(gateway.tcpPort) }),
    ...wired("alarm-udp", "hcp-alarm-out", {
      ...{ ...alarm, transport: "udp", port: String(gateway.udpPort), rule: "Acceptance by UDP" },
    }),
    ...wired("alarm-openapi", "hcp-alarm-out", {
      ...{ server: "server", transport: "openapi", path: "/api/v1/alarms", rule: "Acceptance" },
      template: '{"alarmType":"{{payload.type}}"}',
    }),
    ...wired("alerts", "isapi-alertstream-in", { ...isapi, endAfter: "60" }, ["archive"]),
    ...wired("snapshot", "isapi-snapshot", { ...isapi, channel: "101" }),
    ...wired("device-info", "isapi-request", { ...isapi, method: "GET", path: "/ISAPI/System/deviceInfo" }),
    ...wired("ptz", "isapi-ptz", { ...isapi, channel: "1", command: "gotoPreset", preset: "1" }),
    ...wired("recordings", "isapi-recordings", { ...isapi, ...span, action: "search", track: "101" }),
    ...wired("audio", "isapi-audio", { ...isapi, channel: "1", action: "play" }),
    ...wired("measure", "isapi-thermometry", { ...isapi, channel: "2", mode: "manual" }),
    ...wired("readings", "isapi-thermometry", { ...isapi, channel: "2", mode: "realtime" }),
    ...wired("metadata", "rtsp-metadata", {
      source: "isapi",
      ...isapi,
      channel: "201",
      rtspPort: String(thermalStream.port),
    }),
    ...wired(
      "frames",
      "rtsp-frames",
      {
        source: "url",
        url: camera.url,
        transport: "tcp",
        fps: "2",
        format: "jpeg",
        autostart: true,
        credentials: login,
      },
      ["detect"],
    ),
    ...wired("detect", "yolo-detect", { model: site.model }, ["rule"]),
    ...wired("rule", "detection-rule", { labels: "red, person", minScore: "0.5", hits: "1", window: "1" }, [
      "draw",
    ]),
    ...wired("draw", "detection-draw", { labels: "red=#00ff00" }),
    ...wired("archive", "event-archive", {
      folder: path.join(site.folder, "archive"),
      csv: true,
      images: true,
    }),
    { id: "catcher", type: "catch", z: "tab", scope: null, uncaught: false, wires: [["errors"]] },
    {
      ...{ id: "errors", type: "debug", z: "tab", active: true, tosidebar: true },
      ...{ complete: "true", targetType: "full", wires: [] },
    },
  ];
}
