import type { CommonEvent } from "../../events";

const MAX_EVENTS = 1000;

/** What the latest events said, so that the picture that is uploaded for one later comes with the rest of it. */
export class RecentEvents {
  readonly #events = new Map<string, Pick<CommonEvent, "targets" | "description">>();

  remember({ id, targets, description }: CommonEvent): void {
    this.#events.delete(id);
    this.#events.set(id, { targets, ...(description !== undefined && { description }) });
    if (this.#events.size <= MAX_EVENTS) return;
    const [oldest = ""] = this.#events.keys();
    this.#events.delete(oldest);
  }

  /** Adds to an event what an earlier message of the same occurrence said and this one does not. */
  complete(event: CommonEvent): void {
    const earlier = this.#events.get(event.id);
    if (earlier === undefined) return;
    if (event.targets.length === 0) event.targets = earlier.targets;
    if (earlier.description !== undefined) event.description ??= earlier.description;
  }
}
