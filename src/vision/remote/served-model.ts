import { backoff } from "../../core/backoff";
import { SurveillanceError } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { ImageModel } from "../model/detection-model";
import type { DetectionServers, DetectOptions, Findings, ModelInfo } from "../model-types";
import { inferenceServerDefaults, type ServersState } from "../servers/types";
import { openServers, type ServerGroup } from "./open-model";

export interface ServedModelListener {
  /** The model can be used, for the first time or again. */
  onReady: (info: ModelInfo) => void;
  /** The model cannot be used for now. */
  onAway: (error: SurveillanceError) => void;
  /** @param slots the number of images in progress that keep all servers busy */
  onState: (state: ServersState, slots: number) => void;
}

/** Another attempt to recognise a model: its server may get another one. Milliseconds. */
const REOPEN = { first: 1000, max: 30_000 };

/**
 * The model of a group of servers. It is recognised when the first server is ready, and again after all were away,
 * because a server may come back with another model.
 */
export class ServedModel {
  readonly #group: ServerGroup;
  readonly #listener: ServedModelListener;
  readonly #inFlight: number;
  #model: ImageModel | undefined;
  #isOpening = false;
  #failures = 0;
  #reopen: NodeJS.Timeout | undefined;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor(settings: DetectionServers, classes: number | undefined, listener: ServedModelListener) {
    this.#listener = listener;
    this.#inFlight = settings.inFlight ?? inferenceServerDefaults.inFlight;
    let opened: ServerGroup | undefined;
    this.#group = opened = openServers(settings, classes, (state) => {
      // The first report arrives before the group is there.
      if (opened !== undefined) this.#onState(state);
    });
    this.#onState(this.#group.state);
  }

  /** @throws {SurveillanceError} as {@link ImageModel.detect} */
  async detect(image: AnyImage, options: DetectOptions, camera?: string): Promise<Findings> {
    if (this.#model === undefined) throw awayError(this.#group.state);
    return this.#model.detect(image, options, camera);
  }

  async close(): Promise<void> {
    clearTimeout(this.#reopen);
    await this.#group.close();
  }

  #onState(state: ServersState): void {
    // One more image is prepared while the servers are busy.
    this.#listener.onState(state, Math.max(1, state.ready * this.#inFlight) + 1);
    if (state.ready > 0) {
      if (this.#model === undefined) void this.#open();
    } else if (!state.checking) {
      this.#model = undefined;
      this.#listener.onAway(awayError(state));
    }
  }

  async #open(): Promise<void> {
    if (this.#isOpening) return;
    this.#isOpening = true;
    clearTimeout(this.#reopen);
    try {
      const model = await this.#group.openModel();
      this.#failures = 0;
      if (this.#group.state.ready === 0) return;
      this.#model = model;
      this.#listener.onReady(model.info);
    } catch (thrown) {
      this.#listener.onAway(thrown as SurveillanceError);
      this.#reopen = setTimeout(
        () => {
          if (this.#group.state.ready > 0) void this.#open();
        },
        backoff(this.#failures++, REOPEN),
      );
    } finally {
      this.#isOpening = false;
    }
  }
}

/** Returns the error of the servers if it is the same for all, else that none is ready. */
function awayError({ errors, servers }: ServersState): SurveillanceError {
  const [first] = errors;
  if (first !== undefined && errors.every(({ code }) => code === first.code)) return first;
  return new SurveillanceError("INFERENCE_UNAVAILABLE", `None of ${servers} inference servers is ready.`, {
    ...(first !== undefined && { details: `The first says: ${first.message}` }),
  });
}
