import type { Rig } from "../rig";
import { deviceOf, deviceRig } from "./isapi";

/** A config node does nothing alone: a request through it shows how it does. */
export const isapiConfig: Rig = deviceRig(
  "isapi-config",
  {},
  {
    nodes: (bench) => [
      deviceOf(bench, "isapi-config-device"),
      {
        ...{ id: "isapi-config", type: "isapi-request", device: "isapi-config-device" },
        ...{ name: bench.variant.name, method: "GET", path: "/ISAPI/System/deviceInfo" },
      },
    ],
  },
);
