import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { eventDestination } from "../../src/hcp/events/subscription/event-destination";
import type { OptionValues } from "../kit/option-kinds";
import { textOption } from "../kit/options";
import type { options } from "./options";

/** The path at which a node receives posts, and the address to which HikCentral sends them. */
export interface Destination {
  /** The path below the root of Node-RED, or of the node's own port. Without the token. */
  path: string;
  /** The address for the subscription; absent if the node does not manage one. */
  eventDest: string | undefined;
}

/**
 * Returns the destination for the settings of a node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the callback address is missing or not valid
 */
export function destinationOf(
  RED: NodeAPI,
  { path: entered, callbackUrl: base, manageSubscription, listen }: OptionValues<typeof options>,
  token: string | undefined,
): Destination {
  const path = `/${entered.replace(/^\/+|\/+$/g, "")}`;
  if (!manageSubscription) return { path, eventDest: undefined };
  if (base === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "The callback address is missing.", {
      advice:
        "Enter the address at which HikCentral reaches this Node-RED, for example http://10.0.0.7:1880.",
    });
  }
  const root = listen === "port" ? "/" : (textOption(RED.settings.httpNodeRoot) ?? "/");
  return { path, eventDest: eventDestination({ base, root, path, token }) };
}
