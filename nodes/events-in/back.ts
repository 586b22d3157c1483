import { isFields } from "../../src/core/fields";
import type { DeliveryWindow } from "../../src/store/delivery-window";
import { numberOption } from "../kit/options";

/** A message that came back. */
export interface Back {
  /** It came back before: a Complete node sends what this node is done with to this node. */
  isLoop: boolean;
  /** Undefined if another node delivered the message. */
  sequence: number | undefined;
  /** The site of a store that reads several. */
  site?: string;
  /** Milliseconds until another delivery; absent if the message is done. */
  nackMs?: number;
}

/**
 * Reads `msg.delivery` of a message that came back, and marks it. Returns undefined if there is none.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if `msg.delivery.nack` is not a number of seconds
 */
export function backOf(
  msg: object,
  { stream, consumer }: Record<"stream" | "consumer", string>,
): Back | undefined {
  const { delivery } = msg as { delivery?: unknown };
  if (!isFields(delivery) || delivery.sequence === undefined) return undefined;
  const nack = numberOption("msg.delivery.nack", delivery.nack, { min: 0, max: 86_400 });
  const isOwn =
    typeof delivery.sequence === "number" &&
    (delivery.stream ?? stream) === stream &&
    (delivery.consumer ?? consumer) === consumer;
  const isLoop = delivery.isBack === true;
  delivery.isBack = true;
  return {
    isLoop,
    sequence: isOwn ? (delivery.sequence as number) : undefined,
    ...(typeof delivery.site === "string" && { site: delivery.site }),
    ...(nack !== undefined && { nackMs: nack * 1000 }),
  };
}

/** Ends a message, or asks for another delivery. Resolves with whether it was in the flow. */
export async function takeBack(window: DeliveryWindow, { sequence, site, nackMs }: Back): Promise<boolean> {
  if (sequence === undefined) return false;
  return nackMs === undefined ? window.acknowledge(sequence, site) : window.again(sequence, nackMs, site);
}
