import { EventEmitter } from "node:events";
import type { SurveillanceError } from "../../src/core/errors";
import type { SourceHandler, SourceState } from "../../src/events/source";

interface Events<Event, Live extends object> {
  event: [Event];
  state: [SourceState<Live>];
  failure: [SurveillanceError];
  warning: [string];
}

/** A source handler that emits its calls as events, so that tests can wait for them. */
export class SourceEvents<Event, Live extends object = object>
  extends EventEmitter<Events<Event, Live>>
  implements SourceHandler<Event, Live>
{
  event(event: Event): void {
    this.emit("event", event);
  }

  state(state: SourceState<Live>): void {
    this.emit("state", state);
  }

  failure(error: SurveillanceError): void {
    this.emit("failure", error);
  }

  warning(text: string): void {
    this.emit("warning", text);
  }

  /** Resolves with the next state of this kind. */
  next(kind: SourceState["kind"]): Promise<SourceState<Live>> {
    return new Promise((resolve) => {
      const listen = (state: SourceState<Live>): void => {
        if (state.kind !== kind) return;
        this.off("state", listen);
        resolve(state);
      };
      this.on("state", listen);
    });
  }
}
