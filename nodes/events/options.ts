import { choice, reference, text, when } from "../kit/option-kinds";

/** Which store events-out and events-in use. Nodes with the same settings share one. */
export const storeOptions = {
  store: choice("here", ["here", "nats"]),
  /** Relative to Node-RED's user directory. */
  folder: when("store", ["here"], text("surveillance-events", { required: true })),
  server: when("store", ["nats"], reference("nats-jetstream")),
  stream: text("surveillance", { required: true, pattern: /^[\w-]{1,100}$/ }),
};
