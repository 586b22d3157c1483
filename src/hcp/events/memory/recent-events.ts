import type { CommonEvent } from "../../../events";
import { RecentMap } from "../../../core/recent-map";

const MAX_EVENTS = 2000;

/** Remembers the latest events: an image that is uploaded later arrives without the targets of its event. */
export class RecentEvents {
  readonly #events = new RecentMap<string, Pick<CommonEvent, "targets" | "description">>(MAX_EVENTS);

  remember({ id, targets, description }: CommonEvent): void {
    this.#events.set(id, { targets, ...(description !== undefined && { description }) });
  }

  /** Adds to an event what an earlier message of the same occurrence said and this one does not. */
  complete(event: CommonEvent): void {
    const earlier = this.#events.get(event.id);
    if (earlier === undefined) return;
    if (event.targets.length === 0) event.targets = earlier.targets;
    if (earlier.description !== undefined) event.description ??= earlier.description;
  }
}
