import { thermometryDocument } from "../../../servers/isapi/metadata";
import type { Bench, Rig } from "../rig";

const contacts = ["network", "login", "host", "child"] as const;
const common = { source: "url", transport: "tcp", stallTimeout: "3", maxBackoff: "1" };

function credentialsOf({ site, variant }: Bench): object {
  return { username: site.login.username, password: variant.login ? site.login.password : "wrong password" };
}

function urlOf(bench: Bench, path: string): string {
  const { host, port } = bench.at("camera");
  return `rtsp://${host}:${port}${path}`;
}

export const rtspFrames: Rig = {
  type: "rtsp-frames",
  contacts: [...contacts, "disk"],
  connects: { camera: (site) => site.camera.port },
  isLive: true,
  nodes: (bench) => [
    {
      ...{ id: "rtsp-frames", type: "rtsp-frames", ...common, fps: "2", format: "jpeg" },
      ...{ url: urlOf(bench, bench.site.camera.path), name: bench.variant.name },
      credentials: credentialsOf(bench),
    },
  ],
};

export const rtspMetadata: Rig = {
  type: "rtsp-metadata",
  contacts,
  connects: { camera: (site) => site.thermalStream.port },
  isLive: true,
  chance: {
    garbage: "The status is “no data”. After the stall timeout, a Catch node gets `RTSP_TIMEOUT`.",
  },
  nodes: (bench) => [
    {
      ...{ id: "rtsp-metadata", type: "rtsp-metadata", ...common, enable: false },
      ...{ url: urlOf(bench, bench.site.thermalStream.path), name: bench.variant.name },
      credentials: credentialsOf(bench),
    },
  ],
  stimulate: ({ site }) => {
    site.thermalStream.sendMetadata(thermometryDocument([{ id: 1, highest: 85, lowest: 20, average: 40 }]));
  },
};
