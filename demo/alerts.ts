import { setTimeout as delay } from "node:timers/promises";
import type { SimulatedDevice } from "../test/servers/isapi-device";

const PERIOD_SECONDS = 20;
const ALARM_SECONDS = 4;

/** Lets a simulated camera report a line crossing of 4 s every 20 s, until the signal aborts. */
export async function sendAlerts(device: SimulatedDevice, signal: AbortSignal): Promise<void> {
  const alert = (eventState: string, activePostCount: number): void => {
    const dateTime = new Date().toISOString();
    device.alert({ eventType: "linedetection", eventState, activePostCount, dateTime });
  };
  for (let second = 0; !signal.aborted; second = (second + 1) % PERIOD_SECONDS) {
    // Devices repeat an alarm every second while it lasts.
    if (second < ALARM_SECONDS) alert("active", second + 1);
    if (second === ALARM_SECONDS) alert("inactive", 0);
    // An abort is not a failure.
    await delay(1000, undefined, { signal }).catch(() => undefined);
  }
}
