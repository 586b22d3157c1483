import type { Detection, PixelBox } from "../../frame";

/** What the tracker needs to know of a detection. */
export type Sighting = Pick<Detection, "label" | "score" | "box">;

/** One object followed from frame to frame. */
export interface Track extends Sighting {
  /** Unique within its tracker, counted from 1. */
  readonly id: number;
  /** How many frames ago it was last seen; 0 = in the latest one. */
  missed: number;
}

export interface TrackerOptions {
  /** A sighting below it carries a track on, but never starts one. */
  minScore: number;
  /** Frames that a track outlives without being seen. */
  maxMissed: number;
}

interface Motion extends Track {
  /** Seconds on the tracker's clock */
  seenAt: number;
  /** Of the box's centre, in pixels a second. */
  velocity: { x: number; y: number } | undefined;
}

interface Pair {
  track: Motion;
  sighting: Sighting;
  /** The best pairs are matched first. */
  rank: number;
}

/** How well a sighting fits a track that should be in the `expected` box by now: 1 at best, 0 or less not at all. */
type Rank = (expected: PixelBox, track: Track, sighting: Sighting) => number;

/** Overlaps below it say little: boxes of neighbours in a crowd overlap that much, too. */
const MIN_IOU = 0.2;
/** How far an object may jump between two frames when its boxes no longer overlap, in sizes of its box. */
const MAX_JUMP = 1.5;
/** How much larger or smaller (in area) it may have become meanwhile. */
const MAX_GROWTH = 3;
/** At 25 frames a second a few missed frames are nothing: a track also outlives this time. */
const MIN_MEMORY_S = 2;
const MAX_TRACKS = 300;
/** Weight of the newest step in the velocity: boxes jitter, and a jitter between two close frames looks fast. */
const NEWEST = 0.5;

/**
 * Gives the objects of one camera ids that stay from frame to frame: the greedy IoU tracker of Bochinski et al. (2017),
 * "High-Speed Tracking-by-Detection Without Using Image Information", with three additions for the slow and gappy frame
 * rates of detection on small machines:
 * - boxes are compared with where the object should be by now (constant velocity, as SORT, Bewley et al. 2016, assumes);
 * - what did not overlap is matched by the distance of the centres: at 1 fps a walking person leaves their own box;
 * - weak sightings carry a track on, but do not start one (ByteTrack, Zhang et al. 2022).
 *
 * Greedy instead of Hungarian: with boxes that fit well both find the same pairs, and it has no cubic worst case.
 */
export class Tracker {
  readonly #options: TrackerOptions;
  #tracks: Motion[] = [];
  #lastId = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** The objects known, those of the latest frame and those missed for a while. */
  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /**
   * Takes the next frame.
   * @param seconds when it was taken, on any clock that does not go back
   * @returns the objects it shows
   */
  update(sightings: readonly Sighting[], seconds: number): readonly Track[] {
    for (const track of this.#tracks) track.missed++;
    const open = new Set(sightings);
    this.#match(open, seconds, overlapRank);
    this.#match(open, seconds, nearnessRank);
    const started = [...open].filter(({ score }) => score >= this.#options.minScore);
    this.#tracks = this.#tracks
      .filter(({ missed, seenAt }) => missed <= this.#options.maxMissed || seconds - seenAt <= MIN_MEMORY_S)
      .concat(started.map((sighting) => this.#start(sighting, seconds)))
      .sort((a, b) => a.missed - b.missed || b.score - a.score)
      .slice(0, MAX_TRACKS);
    return this.#tracks.filter(({ missed }) => missed === 0);
  }

  #start({ label, score, box }: Sighting, seconds: number): Motion {
    const id = ++this.#lastId;
    return { id, label, score, box, missed: 0, seenAt: seconds, velocity: undefined };
  }

  /** Matches the best pairs first and takes what it matched out of `open`. */
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
      if (track.missed > 0 && open.delete(sighting)) follow(track, sighting, seconds);
    }
  }
}

function follow(track: Motion, { score, box }: Sighting, seconds: number): void {
  const elapsed = seconds - track.seenAt;
  const from = centreOf(track.box);
  const to = centreOf(box);
  if (elapsed > 0) {
    const newest = { x: (to.x - from.x) / elapsed, y: (to.y - from.y) / elapsed };
    const before = track.velocity ?? newest;
    track.velocity = {
      x: before.x + NEWEST * (newest.x - before.x),
      y: before.y + NEWEST * (newest.y - before.y),
    };
  }
  Object.assign(track, { score, box, seenAt: seconds, missed: 0 });
}

function expectedBox({ box, velocity, seenAt }: Motion, seconds: number): PixelBox {
  if (velocity === undefined) return box;
  const elapsed = seconds - seenAt;
  return { ...box, x: box.x + velocity.x * elapsed, y: box.y + velocity.y * elapsed };
}

function overlapRank(expected: PixelBox, _track: Track, { box }: Sighting): number {
  const overlap = iou(expected, box);
  return overlap >= MIN_IOU ? overlap : 0;
}

/** Near to where the object should be, or to where it was last: who turns round is found, too. */
function nearnessRank(expected: PixelBox, track: Track, { box }: Sighting): number {
  const growth = areaOf(box) / areaOf(track.box);
  if (!(growth <= MAX_GROWTH && growth >= 1 / MAX_GROWTH)) return 0;
  const reach = MAX_JUMP * Math.max(box.width, box.height, track.box.width, track.box.height);
  return 1 - Math.min(distance(box, expected), distance(box, track.box)) / reach;
}

/** Intersection over union, 0..1. */
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

/** Of the centres. */
function distance(a: PixelBox, b: PixelBox): number {
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}

function centreOf(box: PixelBox): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
