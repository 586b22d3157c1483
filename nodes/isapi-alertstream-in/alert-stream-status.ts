import { showSource, type Shown, type ShownSource, type ShowSourceOptions } from "../kit/show-source";
import { ArmingCheck, type ArmingCheckOptions } from "./arming-check";

type Options = Pick<ShowSourceOptions<object>, "node" | "status"> & Omit<ArmingCheckOptions, "checked">;

export interface ShownAlertStream extends ShownSource<object> {
  close: () => void;
}

/**
 * Shows the state of an alert stream. The dot is green while the device sends data, and yellow with the reason if the
 * stream is open but the device cannot send an event.
 */
export function showAlertStream({ node, status, ...options }: Options): ShownAlertStream {
  const shown: ShownSource<object> = showSource({
    node,
    status,
    show: ({ kind }): Shown | undefined =>
      check.hint !== undefined && (kind === "waiting" || kind === "connected")
        ? ["warning", check.hint]
        : undefined,
  });
  const check = new ArmingCheck({ ...options, node, checked: shown.refresh });
  return {
    ...shown,
    state: (state) => {
      shown.state(state);
      check.state(state);
    },
    count: (events) => {
      check.event();
      shown.count(events);
    },
    close: () => {
      check.close();
    },
  };
}
