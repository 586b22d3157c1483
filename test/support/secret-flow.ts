import type { SimulatedSite } from "./simulated-site";
import { siteFlow } from "./site-flow";

/** The part of a flow that uses the credentials of a node type. */
interface Use {
  /** The secrets by the name of the credential, marked so that a search finds them. */
  secrets: Readonly<Record<string, string>>;
  /** Returns nodes that send or compare them and fail. Each emits its errors to a Catch node. */
  nodes: (site: SimulatedSite, port: number) => object[];
}

const tab = { z: "tab", wires: [[]] };
const press = (id: string): object => ({
  id: `press-${id}`,
  type: "inject",
  z: "tab",
  props: [],
  wires: [[id]],
});
const wrong = (type: string): string => `wrong:${type}/Pässw@rd`;

/** Every node type with secrets. A type or a credential that is missing here fails the test of secrets. */
export const uses: Readonly<Record<string, Use>> = {
  "hcp-config": {
    secrets: { appSecret: wrong("hcp-config") },
    nodes: ({ gateway, keys }, port) => [
      {
        ...{ id: "server-wrong", type: "hcp-config", url: gateway.url },
        credentials: { appKey: keys.appKey, appSecret: wrong("hcp-config") },
      },
      press("hcp-wrong"),
      { ...tab, id: "hcp-wrong", type: "hcp-request", server: "server-wrong", operation: "resource/cameras" },
      {
        ...{ ...tab, id: "hcp-refused", type: "hcp-event-in", server: "server-wrong", path: "/refused" },
        ...{ callbackUrl: `http://127.0.0.1:${port}`, manageSubscription: true, eventTypes: [131331] },
        credentials: { token: wrong("hcp-event-in") },
      },
    ],
  },
  "hcp-event-in": {
    secrets: { token: wrong("hcp-event-in") },
    nodes: (_site, port) => [
      {
        ...{
          ...tab,
          id: "hcp-events",
          type: "hcp-event-in",
          server: "server",
          path: "/hcp/events",
          raw: true,
        },
        ...{ callbackUrl: `http://127.0.0.1:${port}`, manageSubscription: true, eventTypes: [131331] },
        credentials: { token: wrong("hcp-event-in") },
      },
    ],
  },
  "inference-server": {
    secrets: { token: wrong("inference-server") },
    nodes: (_site, port) => [
      {
        // This Node-RED, which has no such path.
        ...{ id: "inference", type: "inference-server", urls: `http://127.0.0.1:${port}/inference` },
        ...{ model: "yolo", credentials: { token: wrong("inference-server") } },
      },
      { ...tab, id: "detect-wrong", type: "yolo-detect", runsOn: "server", inferenceServer: "inference" },
    ],
  },
  "isapi-config": {
    secrets: { password: wrong("isapi-config") },
    nodes: ({ device, login }) => [
      {
        ...{ id: "device-wrong", type: "isapi-config", url: device.url },
        credentials: { username: login.username, password: wrong("isapi-config") },
      },
      press("isapi-wrong"),
      {
        ...tab,
        id: "isapi-wrong",
        type: "isapi-request",
        device: "device-wrong",
        path: "/ISAPI/System/time",
      },
      { ...tab, id: "alerts-wrong", type: "isapi-alertstream-in", device: "device-wrong" },
    ],
  },
  "nats-jetstream": {
    secrets: {
      password: wrong("nats-jetstream"),
      token: wrong("nats-jetstream-token"),
      nkey: wrong("nats-jetstream-nkey"),
      credentials: wrong("nats-jetstream-file"),
    },
    nodes: (_site, port) => {
      // A server that is not NATS, and secrets that are not valid: each is used, and fails.
      const servers = `nats://127.0.0.1:${port}`;
      const used = {
        login: { username: "camera", password: wrong("nats-jetstream") },
        token: { token: wrong("nats-jetstream-token") },
        nkey: { nkey: wrong("nats-jetstream-nkey") },
        file: { credentials: wrong("nats-jetstream-file") },
      };
      return Object.entries(used).flatMap(([name, credentials]) => [
        { id: `nats-${name}`, type: "nats-jetstream", servers, credentials },
        { ...tab, id: `nats-${name}-in`, type: "events-in", store: "nats", server: `nats-${name}` },
      ]);
    },
  },
  "rtsp-frames": {
    secrets: { password: wrong("rtsp-frames") },
    nodes: ({ camera, login }) => [
      {
        ...{ ...tab, id: "frames-wrong", type: "rtsp-frames", source: "url", url: camera.url, fps: "1" },
        credentials: { username: login.username, password: wrong("rtsp-frames") },
      },
      {
        ...{ ...tab, id: "frames-gone", type: "rtsp-frames", source: "url", fps: "1" },
        url: `rtsp://user:${encodeURIComponent(wrong("rtsp-frames"))}@127.0.0.1:9/a`,
      },
    ],
  },
  "rtsp-metadata": {
    secrets: { password: wrong("rtsp-metadata") },
    nodes: ({ thermalStream, login }) => [
      {
        ...{ ...tab, id: "metadata-wrong", type: "rtsp-metadata", source: "url", url: thermalStream.url },
        credentials: { username: login.username, password: wrong("rtsp-metadata") },
      },
    ],
  },
  "viewtron-webhook-in": {
    secrets: { password: wrong("viewtron-webhook-in") },
    nodes: () => [
      {
        ...{ ...tab, id: "viewtron", type: "viewtron-webhook-in", path: "/viewtron", raw: true },
        credentials: { username: "camera", password: wrong("viewtron-webhook-in") },
      },
    ],
  },
};

/** The ids of the nodes whose secret is wrong: each reports an error. */
export const failing = [
  "hcp-wrong",
  "hcp-refused",
  "isapi-wrong",
  "alerts-wrong",
  "frames-wrong",
  "metadata-wrong",
];

/** Returns a site's flow, which works, with nodes that fail with marked secrets. */
export function secretFlow(site: SimulatedSite, port: number): object[] {
  return [...siteFlow(site), ...Object.values(uses).flatMap(({ nodes }) => nodes(site, port))];
}

/** Returns every secret of the flow in the spellings in which it could appear. */
export function spellingsOf(site: SimulatedSite): string[] {
  const marked = Object.values(uses).flatMap(({ secrets }) => Object.values(secrets));
  const secrets = [...marked, site.login.password, site.keys.appSecret];
  const users = ["operator", "camera", "user"];
  return secrets.flatMap((secret) => [
    ...[secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)],
    ...users.map((user) => Buffer.from(`${user}:${secret}`).toString("base64")),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("hex"),
  ]);
}
