import type { PixelBox } from "../../media/frame";
import type { Sighting } from "./sightings";

/** One object that is tracked from frame to frame. */
export interface Track extends Sighting {
  /** Unique within its tracker, starting at 1. */
  readonly id: number;
  /** The number of frames since it was last seen; 0 in the latest one. */
  missed: number;
  /** Seconds on the tracker's clock */
  seenAt: number;
  /** The stay at its present place. */
  readonly stay: Stay;
}

/** The stay of an object at one place. */
export interface Stay {
  place: PixelBox;
  /** Seconds on the tracker's clock */
  since: number;
  /** The seconds for which it was seen. */
  seen: number;
  /** The number of times that it was lost for a while and found at the same place again. */
  returns: number;
}

/** The default of the option `memory`, and of `trackSeconds` in a rule. */
export const DEFAULT_TRACK_SECONDS = 10;

export interface TrackerOptions {
  /** A sighting with a lower score continues a track, but never starts one. */
  minScore: number;
  /** A track is kept for this many frames without a sighting, whatever their time. */
  maxMissed: number;
  /** A track is kept for this many seconds without a sighting. A parked object is kept for longer. */
  memory: number;
}

interface Motion extends Track {
  stay: Stay;
  /** Of the box's centre, pixels per second. */
  velocity: { x: number; y: number } | undefined;
}

interface Pair {
  track: Motion;
  sighting: Sighting;
  /** Pairs with a higher rank are matched first. */
  rank: number;
}

/** Rates how well a sighting matches a track with the `expected` box: 1 is the best, 0 or less is no match. */
type Rank = (expected: PixelBox, track: Track, sighting: Sighting) => number;

/** Smaller overlaps prove little: boxes of neighbours in a crowd also overlap that much. */
const MIN_IOU = 0.2;
/** The maximum jump of an object between two frames if its boxes do not overlap, in sizes of its box. */
const MAX_JUMP = 1.5;
/** The maximum growth or shrinkage of its area meanwhile. */
const MAX_GROWTH = 3;
/** Objects seen within this many seconds are matched before those that are only remembered. */
const RECENT_S = 2;
/** A box with a larger overlap has not left its place. The jitter of detectors is smaller. */
const SAME_PLACE_IOU = 0.5;
/** An object seen at its place for this many seconds is parked. */
const PARKED_S = 20;
/** An object that returned to its place this often was always there, and the detector missed it. */
const MIN_RETURNS = 2;
/** A parked object is remembered for at most this many times `memory`. */
const MAX_MEMORY_FACTOR = 6;
const MAX_TRACKS = 300;
/** The weight of the newest step in the velocity. It smooths the jitter of boxes, which looks fast in close frames. */
const NEWEST_WEIGHT = 0.5;

/**
 * Assigns ids to the objects of one camera that stay the same from frame to frame. It is the greedy IoU tracker of
 * Bochinski et al. (2017), "High-Speed Tracking-by-Detection Without Using Image Information". Four additions handle
 * the slow and irregular frame rates of detection on small machines:
 * - boxes are compared with the expected place of the object (constant velocity, as in SORT, Bewley et al. 2016);
 * - boxes without overlap are matched by the distance of the centres: at 1 fps, a walking person leaves their own box;
 * - weak sightings continue a track, but do not start one (ByteTrack, Zhang et al. 2022);
 * - unseen objects are remembered for a time, not for a number of frames, and matched after those just seen.
 *
 * It is greedy and not Hungarian: for boxes that match well, both find the same pairs, and it has no cubic worst case.
 */
export class Tracker {
  readonly #options: TrackerOptions;
  #tracks: Motion[] = [];
  #lastId = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** All known objects: those of the latest frame, and remembered ones. */
  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /**
   * Processes the next frame.
   * @param seconds the time of the frame, on any clock that does not go back
   * @returns the objects in the frame
   */
  update(sightings: readonly Sighting[], seconds: number): readonly Track[] {
    for (const track of this.#tracks) track.missed++;
    const open = new Set(sightings);
    this.#match(open, seconds, overlapRank);
    this.#match(open, seconds, (expected, track, sighting) =>
      seconds - track.seenAt > RECENT_S ? 0 : nearnessRank(expected, track, sighting),
    );
    this.#match(open, seconds, nearnessRank);
    const started = [...open].filter(({ score }) => score >= this.#options.minScore);
    this.#tracks = this.#tracks
      .filter(
        (track) => track.missed <= this.#options.maxMissed || seconds - track.seenAt <= this.memoryOf(track),
      )
      .concat(started.map((sighting) => this.#start(sighting, seconds)))
      .sort((a, b) => a.missed - b.missed || b.score - a.score)
      .slice(0, MAX_TRACKS);
    return this.#tracks.filter(({ missed }) => missed === 0);
  }

  /** Returns for how many seconds an unseen object is remembered: a parked one as long as it stood, within limits. */
  memoryOf(track: Track): number {
    const { memory } = this.#options;
    return Math.min(
      Math.max(memory, isParked(track) ? track.seenAt - track.stay.since : 0),
      MAX_MEMORY_FACTOR * memory,
    );
  }

  #start({ label, score, box }: Sighting, seconds: number): Motion {
    const id = ++this.#lastId;
    const stay = stayAt(box, seconds);
    return { id, label, score, box, missed: 0, seenAt: seconds, stay, velocity: undefined };
  }

  /** Matches the best pairs first, and removes matched sightings from `open`. */
  #match(open: Set<Sighting>, seconds: number, rankOf: Rank): void {
    const pairs: Pair[] = [];
    for (const track of this.#tracks) {
      if (track.missed === 0) continue;
      const expected = expectedBox(track, seconds);
      for (const sighting of open) {
        if (sighting.label !== track.label) continue;
        const rank = rankOf(expected, track, sighting);
        if (rank > 0) pairs.push({ track, sighting, rank });
      }
    }
    pairs.sort((a, b) => b.rank - a.rank);
    for (const { track, sighting } of pairs) {
      if (track.missed > 0 && open.delete(sighting)) follow(track, sighting, seconds, this.memoryOf(track));
    }
  }
}

/** Tells whether an object has been at its place for so long that a missing sighting does not mean that it left. */
export function isParked(track: Track): boolean {
  return track.stay.seen >= PARKED_S || isFlickering(track);
}

/** Tells whether the detector repeatedly loses an object that stays at its place. */
export function isFlickering({ stay }: Track): boolean {
  return stay.returns >= MIN_RETURNS;
}

function stayAt(place: PixelBox, since: number): Stay {
  return { place, since, seen: 0, returns: 0 };
}

/** Updates the stay of an object with a new sighting, before its track is updated. */
function prolongStay(track: Motion, box: PixelBox, seconds: number, memory: number): void {
  const { stay, seenAt, missed } = track;
  const gap = seconds - seenAt;
  // At low frame rates, a few frames exceed the memory. It may be another object at the same place.
  const isForgotten = missed > 1 && gap > memory;
  if (isForgotten || iou(box, stay.place) < SAME_PLACE_IOU) {
    track.stay = stayAt(box, seconds);
    return;
  }
  const wasLost = missed > 1 && gap > RECENT_S;
  stay.seen += wasLost ? 0 : gap;
  if (wasLost) stay.returns++;
}

function follow(track: Motion, { score, box }: Sighting, seconds: number, memory: number): void {
  const elapsed = seconds - track.seenAt;
  const from = centreOf(track.box);
  const to = centreOf(box);
  if (elapsed > 0) {
    const newest = { x: (to.x - from.x) / elapsed, y: (to.y - from.y) / elapsed };
    const before = track.velocity ?? newest;
    track.velocity = {
      x: before.x + NEWEST_WEIGHT * (newest.x - before.x),
      y: before.y + NEWEST_WEIGHT * (newest.y - before.y),
    };
  }
  prolongStay(track, box, seconds, memory);
  Object.assign(track, { score, box, seenAt: seconds, missed: 0 });
}

function expectedBox({ box, velocity, seenAt, stay }: Motion, seconds: number): PixelBox {
  // A standing object seems to move because its boxes jitter.
  if (velocity === undefined || seenAt - stay.since > RECENT_S) return box;
  const elapsed = seconds - seenAt;
  return { ...box, x: box.x + velocity.x * elapsed, y: box.y + velocity.y * elapsed };
}

function overlapRank(expected: PixelBox, _track: Track, { box }: Sighting): number {
  const overlap = iou(expected, box);
  return overlap >= MIN_IOU ? overlap : 0;
}

/** Rates the distance to the expected place or to the last one, so that an object that turns round is also found. */
function nearnessRank(expected: PixelBox, track: Track, { box }: Sighting): number {
  const growth = areaOf(box) / areaOf(track.box);
  if (!(growth <= MAX_GROWTH && growth >= 1 / MAX_GROWTH)) return 0;
  const reach = MAX_JUMP * Math.max(box.width, box.height, track.box.width, track.box.height);
  return 1 - Math.min(distance(box, expected), distance(box, track.box)) / reach;
}

/** Returns the intersection over union, 0..1. */
export function iou(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (areaOf(a) + areaOf(b) - shared);
}

function areaOf({ width, height }: PixelBox): number {
  return width * height;
}

/** Returns the distance of the centres. */
function distance(a: PixelBox, b: PixelBox): number {
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}

function centreOf(box: PixelBox): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
