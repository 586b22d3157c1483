import { SurveillanceError } from "../errors";
import type { CommonEvent } from "../events";

/**
 * Checks what a flow hands over: the fields that the archive builds on must be there; what is optional may be missing.
 *
 * @throws {SurveillanceError} ARCHIVE_EVENT_INVALID
 */
export function checkEvent(payload: unknown): CommonEvent {
  const event = payload as Partial<CommonEvent> | null | undefined;
  const complete =
    typeof event === "object" &&
    event !== null &&
    [event.source, event.type, event.time].every((field) => typeof field === "string") &&
    typeof event.device === "object" &&
    typeof event.channel === "object";
  if (!complete) {
    throw new SurveillanceError("ARCHIVE_EVENT_INVALID", "msg.payload is no common event.", {
      advice: "Connect the archive to an event node of this package.",
    });
  }
  return { ...event, targets: event.targets ?? [], images: event.images ?? [] } as CommonEvent;
}
