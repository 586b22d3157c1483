import { steady, systemClock, type Clock } from "../../core/clock";
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
  /** Labels to watch for, in any case; all if empty. */
  labels: readonly string[];
  eventType: CommonEventType;
  /** If set, the rule detects people without a helmet, see {@link withoutHelmet}. */
  helmet?: HelmetOptions;
}

/** One frame with its detections. */
export interface DetectedFrame extends FrameContext {
  /** `[{label, score, box}]`, boxes in pixels of `size`. */
  detections: unknown;
  size: ImageSize;
  /** The time of the frame, ISO 8601. Default: now. */
  time?: unknown;
  image?: AnyImage | undefined;
}

export type EmitEvent = (event: CommonEvent) => void;

interface Camera {
  rule: CameraRule;
  clock: StreamClock;
  /** The time at which its latest frame arrived, milliseconds since the epoch. */
  arrivedAt: number;
  context: FrameContext;
  cancelTimer: () => void;
}

/** Beyond this number, the camera without a frame for the longest time is forgotten. */
const MAX_CAMERAS = 256;

/**
 * The rule of the detection-rule node: turns the detections of any number of cameras into common events. It processes
 * frames in the order of their arrival, and emits events in that order, although raw images are encoded meanwhile.
 */
export class DetectionRule {
  readonly #options: DetectionRuleOptions;
  readonly #clock: Clock;
  readonly #steady: Clock;
  readonly #onLateEnd: EmitEvent;
  readonly #labels: ReadonlySet<string>;
  readonly #cameras = new Map<string, Camera>();
  readonly #encoder = new ImageEncoder();
  readonly #emissions = new Serial();
  #closed = false;
  /** The kind of labels that the detector has used so far. */
  #names: "unknown" | "ids" | "labels" = "unknown";

  /** @param onLateEnd receives the ends without a frame: of a camera that is silent or forgotten */
  constructor(options: DetectionRuleOptions, onLateEnd: EmitEvent, clock: Clock = systemClock) {
    this.#options = options;
    this.#onLateEnd = onLateEnd;
    this.#clock = clock;
    this.#steady = steady(clock);
    this.#labels = new Set(options.labels.map((label) => label.toLowerCase()));
  }

  /** The number of active occurrences of all cameras. */
  get active(): number {
    return [...this.#cameras.values()].reduce((sum, { rule }) => sum + rule.active, 0);
  }

  /** Tells whether the labels can never match, because the detector has no class names and uses class ids. */
  get isBlind(): boolean {
    return this.#names === "ids" && this.#labels.size > 0 && ![...this.#labels].some(isClassId);
  }

  /**
   * Processes the next frame.
   * @param emit receives the events of the frame, before the promise resolves
   * @throws {SurveillanceError} CONFIG_INVALID for invalid detections. IMAGE_INVALID or DEPENDENCY_MISSING if a raw
   * image cannot be encoded: the events are emitted without it.
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

  /** Forgets all cameras. No more events are emitted. */
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

  /** Returns the state of a frame's camera. The map is ordered by the time of the latest frame, oldest first. */
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
    camera.arrivedAt = this.#steady.now();
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

  /** Ends the active occurrences by the wall clock if no other frame arrives. */
  #setTimer(camera: Camera): void {
    camera.cancelTimer();
    const { nextEnd } = camera.rule;
    if (nextEnd === undefined) return;
    const quiet = (this.#steady.now() - camera.arrivedAt) / 1000;
    const wait = Math.max(0, nextEnd - camera.clock.seconds - quiet);
    camera.cancelTimer = this.#clock.after(wait * 1000, () => {
      this.#endLate(camera, nextEnd);
      this.#setTimer(camera);
    });
  }

  #endLate(camera: Camera, seconds: number): void {
    camera.cancelTimer();
    const changes = camera.rule.expire(seconds);
    const quiet = (this.#steady.now() - camera.arrivedAt) / 1000;
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
      const shared = { type, window, context, time, receivedTime };
      for (const change of changes)
        emit(eventOf(change, { ...shared, image: encoded instanceof Error ? undefined : encoded }));
      if (encoded instanceof Error) throw encoded;
    });
  }
}

/** Tells whether a label is the one of a class without a name. */
function isClassId(label: string): boolean {
  return /^class \d+$/i.test(label);
}
