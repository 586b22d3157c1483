import type { Rig } from "../rig";
import { deviceRig } from "./isapi";

export const isapiAlertstreamIn: Rig = {
  ...deviceRig("isapi-alertstream-in", { endAfter: "1", maxBackoff: "1" }),
  message: undefined,
  // Each mark is an alarm of another channel, so that no alarm is a repetition.
  stimulate: ({ site }, mark) => {
    site.device.alert({ eventType: "fielddetection", channelID: mark });
  },
};
