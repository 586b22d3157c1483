import type { CommonEvent } from "../../../events";
import { RecentMap } from "../../../core/recent-map";

const MAX_EVENTS = 2000;

/** Remembers the latest events: an image that is uploaded later arrives without the targets of its event. */
export class RecentEvents {
  readonly #events = new RecentMap<string, Pick<CommonEvent, "targets" | "description">>(MAX_EVENTS);

  remember({ id, targets, description }: CommonEvent): void {
    this.#events.set(id, { targets, ...(description !== undefined && { description }) });
  }

  /** Adds the data of earlier messages of the same occurrence that the event itself lacks. */
  complete(event: CommonEvent): void {
    const earlier = this.#events.get(event.id);
    if (earlier === undefined) return;
    if (event.targets.length === 0) event.targets = earlier.targets;
    if (earlier.description !== undefined) event.description ??= earlier.description;
  }
}
