import { isFields } from "../../src/core/fields";
import { numberOption } from "../kit/options";

/** A message that came back. */
export interface Back {
  /** Undefined if another node delivered the message. */
  sequence: number | undefined;
  /** The site of a store that reads several. */
  site?: string;
  /** Milliseconds until another delivery; absent if the message is done. */
  nackMs?: number;
}

/**
 * Reads `msg.delivery` of a message that came back. Returns undefined if there is none.
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
  return {
    sequence: isOwn ? (delivery.sequence as number) : undefined,
    ...(typeof delivery.site === "string" && { site: delivery.site }),
    ...(nack !== undefined && { nackMs: nack * 1000 }),
  };
}
