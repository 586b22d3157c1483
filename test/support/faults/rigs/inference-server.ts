import type { Rig } from "../rig";

/** A config node does nothing alone: yolo-detect without a model of its own shows how it does. */
export const inferenceServer: Rig = {
  type: "inference-server",
  contacts: ["network", "tls", "host"],
  connects: { inference: (site) => site.inference.port },
  nodes: (bench) => {
    const { host, port } = bench.at("inference");
    const { scheme, name } = bench.variant;
    return [
      {
        ...{ id: "inference-server-config", type: "inference-server", dialect: "kserve", model: "colours" },
        ...{ urls: `${scheme}://${host}:${port}`, timeout: "1.5" },
      },
      {
        ...{ id: "inference-server", type: "yolo-detect", name, runsOn: "server", queue: "fifo" },
        ...{ inferenceServer: "inference-server-config", fallback: false },
      },
    ];
  },
  message: ({ picture }) => ({ payload: picture }),
};
