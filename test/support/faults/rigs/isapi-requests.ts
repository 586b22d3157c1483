import { tone } from "../../wav";
import type { Rig } from "../rig";
import { deviceRig } from "./isapi";

const span = { start: "2026-03-02T00:00:00Z", end: "2026-03-03T00:00:00Z" };

export const isapiRequest: Rig = deviceRig("isapi-request", {
  method: "GET",
  path: "/ISAPI/System/deviceInfo",
});
export const isapiSnapshot: Rig = deviceRig("isapi-snapshot", { channel: "101" });
export const isapiPtz: Rig = deviceRig("isapi-ptz", { channel: "1", command: "gotoPreset", preset: "1" });
export const isapiThermometry: Rig = deviceRig("isapi-thermometry", { channel: "2", mode: "manual" });

/** It searches and saves a recording. */
export const isapiRecordings: Rig = deviceRig(
  "isapi-recordings",
  { ...span, action: "search", track: "101" },
  {},
);

export const isapiAudio: Rig = deviceRig(
  "isapi-audio",
  { channel: "1", action: "play", takeOver: true },
  {
    contacts: ["network", "tls", "login", "host", "child"],
    message: () => ({ payload: tone(0.1) }),
    chance: {
      drips:
        "The status is “timed out”. A Catch node gets the clip with `TIMEOUT`. A clip that waits for another one may " +
        "play after the fault.",
    },
  },
);
