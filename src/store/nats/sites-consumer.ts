import type { Source, SourceHandler, SourceState } from "../../events/source";

/**
 * Joins the consumers of several sites. One site that is cut off does not hold up the others. The state is that of the
 * worst: a failure is shown while any site has one.
 */
export class SitesConsumer<Item> implements Source {
  readonly #sources: Source[];
  readonly #states: SourceState[];

  constructor(starts: readonly ((handler: SourceHandler<Item>) => Source)[], handler: SourceHandler<Item>) {
    this.#states = starts.map(() => ({ kind: "connecting" }));
    this.#sources = starts.map((start, at) =>
      start({
        event: (item) => handler.event(item),
        failure: (error) => {
          handler.failure(error);
        },
        warning: (text) => {
          handler.warning(text);
        },
        state: (state) => {
          this.#states[at] = state;
          handler.state(this.#worst());
        },
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  #worst(): SourceState {
    const order = ["failed", "retrying", "connecting"] as const;
    const [found] = order.flatMap((kind) => this.#states.filter((state) => state.kind === kind));
    return found ?? { kind: "connected" };
  }
}
