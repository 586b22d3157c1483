import type * as jetstream from "@nats-io/jetstream";
import type * as obj from "@nats-io/obj";
import type * as transport from "@nats-io/transport-node";
import { SurveillanceError } from "../../core/errors";

/** The NATS client. Its packages are optional, so they are loaded with the first connection. */
export interface NatsClient {
  transport: typeof transport;
  jetstream: typeof jetstream;
  obj: typeof obj;
}

/** @throws {SurveillanceError} DEPENDENCY_MISSING */
export async function loadNatsClient(): Promise<NatsClient> {
  try {
    return {
      transport: await import("@nats-io/transport-node"),
      jetstream: await import("@nats-io/jetstream"),
      obj: await import("@nats-io/obj"),
    };
  } catch (cause) {
    throw new SurveillanceError("DEPENDENCY_MISSING", "The NATS client is missing.", {
      cause,
      advice:
        'Run "npm install @nats-io/transport-node@3.3 @nats-io/jetstream@3.3 @nats-io/obj@3.3" in the Node-RED user directory.',
    });
  }
}
