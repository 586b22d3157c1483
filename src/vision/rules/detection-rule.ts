import { systemClock, type Clock } from "../../core/clock";
import { toError } from "../../core/errors";
import { Serial } from "../../core/serial";
import type { CommonEvent, CommonEventType } from "../../events";
import type { AnyImage, ImageSize } from "../../media/frame";
import { ImageEncoder } from "../image";
import { CameraRule, type CameraRuleOptions, type Change } from "./camera-rule";
import { eventOf, type FrameContext } from "./event";
import { withoutHelmet, type HelmetOptions } from "./helmet";
import { readSightings, type Sighting } from "./sightings";
import { StreamClock } from "./stream-clock";

export interface DetectionRuleOptions extends CameraRuleOptions {
  /** Labels to watch for, in any case; none: all. */
  labels: readonly string[];
  eventType: CommonEventType;
  /** Set: people without a helmet are found out, see {@link withoutHelmet}. */
  helmet?: HelmetOptions;
}

/** One frame as a detector reports it. */
export interface DetectedFrame extends FrameContext {
  /** `[{label, score, box}]`, boxes in pixels of `size`. */
  detections: unknown;
  size: ImageSize;
  /** ISO 8601: when it was taken; absent: now. */
  time?: unknown;
  image?: AnyImage | undefined;
}

export type EmitEvent = (event: CommonEvent) => void;

interface Camera {
  rule: CameraRule;
  clock: StreamClock;
  /** Milliseconds since the epoch: when its latest frame arrived. */
  arrivedAt: number;
  context: FrameContext;
  cancelTimer: () => void;
}

/** Beyond it the camera that has been quiet longest is forgotten. */
const MAX_CAMERAS = 256;

/**
 * The rule behind the detection-rule node: takes the detections of any number of cameras and turns them into common
 * events. Everything is decided in the order in which frames arrive, and events leave in that order, although raw
 * images are encoded meanwhile.
 */
export class DetectionRule {
  readonly #options: DetectionRuleOptions;
  readonly #clock: Clock;
  readonly #onLateEnd: EmitEvent;
  readonly #labels: ReadonlySet<string>;
  readonly #cameras = new Map<string, Camera>();
  readonly #encoder = new ImageEncoder();
  readonly #emissions = new Serial();
  #closed = false;
  /** What the detector calls its objects so far. */
  #names: "unknown" | "ids" | "labels" = "unknown";

  /** @param onLateEnd gets the ends that no frame brought about: a camera fell silent or was forgotten */
  constructor(options: DetectionRuleOptions, onLateEnd: EmitEvent, clock: Clock = systemClock) {
    this.#options = options;
    this.#onLateEnd = onLateEnd;
    this.#clock = clock;
    this.#labels = new Set(options.labels.map((label) => label.toLowerCase()));
  }

  /** How many occurrences are going on, over all cameras. */
  get active(): number {
    return [...this.#cameras.values()].reduce((sum, { rule }) => sum + rule.active, 0);
  }

  /** Whether the labels can never match: the detector has no names for its classes and gives their ids. */
  get isBlind(): boolean {
    return this.#names === "ids" && this.#labels.size > 0 && ![...this.#labels].some(isClassId);
  }

  /**
   * Takes the next frame.
   * @param emit gets the events it brings about, before the promise resolves
   * @throws {SurveillanceError} CONFIG_INVALID when the detections are not detections. IMAGE_INVALID or DEPENDENCY_MISSING when a
   * raw image cannot be encoded: its events have been emitted without it.
   */
  async take(frame: DetectedFrame, emit: EmitEvent): Promise<void> {
    if (this.#closed) return;
    const seen = readSightings(frame.detections, frame.size);
    this.#noteNames(seen);
    const sightings = this.#watched(seen, frame.size);
    const camera = this.#cameraOf(frame);
    const { time, seconds } = camera.clock.next(frame.time, this.#clock.now());
    const changes = camera.rule.take(sightings, frame.size, seconds);
    this.#setTimer(camera);
    if (changes.length > 0) await this.#emitAll(changes, frame, time, emit, frame.image);
  }

  /** Forgets everything; nothing is emitted any more. */
  close(): void {
    this.#closed = true;
    for (const { cancelTimer } of this.#cameras.values()) cancelTimer();
    this.#cameras.clear();
  }

  #noteNames(sightings: readonly Sighting[]): void {
    if (sightings.some(({ label }) => !isClassId(label))) this.#names = "labels";
    else if (sightings.length > 0 && this.#names === "unknown") this.#names = "ids";
  }

  #watched(sightings: Sighting[], size: ImageSize): Sighting[] {
    const { helmet } = this.#options;
    const isWatched = ({ label }: Sighting): boolean =>
      this.#labels.size === 0 || this.#labels.has(label.toLowerCase());
    const watched = sightings.filter(isWatched);
    return helmet === undefined ? watched : [...watched, ...withoutHelmet(sightings, size, helmet)];
  }

  /** The state kept for a frame's camera; the map is ordered by the latest frame, the quietest camera first. */
  #cameraOf(context: FrameContext): Camera {
    const known = this.#cameras.get(context.camera);
    this.#cameras.delete(context.camera);
    const camera = known ?? {
      rule: new CameraRule(this.#options),
      clock: new StreamClock(),
      cancelTimer: () => undefined,
      arrivedAt: 0,
      context,
    };
    camera.arrivedAt = this.#clock.now();
    camera.context = { camera: context.camera, channel: context.channel };
    this.#cameras.set(context.camera, camera);
    if (this.#cameras.size > MAX_CAMERAS) this.#forgetQuietest();
    return camera;
  }

  #forgetQuietest(): void {
    const [quietest] = this.#cameras;
    if (quietest === undefined) return;
    this.#cameras.delete(quietest[0]);
    this.#endLate(quietest[1], Infinity);
  }

  /** Without another frame what goes on ends by the wall clock. */
  #setTimer(camera: Camera): void {
    camera.cancelTimer();
    const { nextEnd } = camera.rule;
    if (nextEnd === undefined) return;
    const quiet = (this.#clock.now() - camera.arrivedAt) / 1000;
    const wait = Math.max(0, nextEnd - camera.clock.seconds - quiet);
    camera.cancelTimer = this.#clock.after(wait * 1000, () => {
      this.#endLate(camera, nextEnd);
      this.#setTimer(camera);
    });
  }

  #endLate(camera: Camera, seconds: number): void {
    camera.cancelTimer();
    const changes = camera.rule.expire(seconds);
    const quiet = (this.#clock.now() - camera.arrivedAt) / 1000;
    const time = camera.clock.timeAfter(quiet);
    void this.#emitAll(changes, camera.context, time, this.#onLateEnd, undefined);
  }

  async #emitAll(
    changes: readonly Change[],
    context: FrameContext,
    time: string,
    emit: EmitEvent,
    image: AnyImage | undefined,
  ): Promise<void> {
    const { eventType: type, window } = this.#options;
    const receivedTime = new Date(this.#clock.now()).toISOString();
    const encoding = this.#encoder.encode(image).catch((thrown: unknown) => toError(thrown));
    await this.#emissions.run(async () => {
      const encoded = await encoding;
      if (this.#closed) return;
      const about = { type, window, context, time, receivedTime };
      for (const change of changes)
        emit(eventOf(change, { ...about, image: encoded instanceof Error ? undefined : encoded }));
      if (encoded instanceof Error) throw encoded;
    });
  }
}

/** What a detector calls a class that its model has no name for. */
function isClassId(label: string): boolean {
  return /^class \d+$/i.test(label);
}
