import type { PixelBox } from "../../media/frame";
import type { Sighting } from "./sightings";

/** One object followed from frame to frame. */
export interface Track extends Sighting {
  /** Unique within its tracker, counted from 1. */
  readonly id: number;
  /** How many frames ago it was last seen; 0 = in the latest one. */
  missed: number;
  /** Seconds on the tracker's clock */
  seenAt: number;
  /** Since it came to where it stands. */
  readonly stay: Stay;
}

/** The time that an object has been at one place. */
export interface Stay {
  place: PixelBox;
  /** Seconds on the tracker's clock */
  since: number;
  /** Seconds in which it was seen. */
  seen: number;
  /** How often it was out of sight for a while and came back to its place. */
  returns: number;
}

export interface TrackerOptions {
  /** A sighting below it carries a track on, but never starts one. */
  minScore: number;
  /** Frames that a track outlives without being seen, whatever time they take. */
  maxMissed: number;
  /** Seconds that a track outlives without being seen. What has been standing for longer is remembered longer. */
  memory: number;
}

interface Motion extends Track {
  stay: Stay;
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
/** Who was seen this short a time ago is looked for before those who are only remembered. */
const RECENT_S = 2;
/** A box that overlaps the place by more has not left it: detectors' boxes jitter by less. */
const SAME_PLACE_IOU = 0.5;
/** Seen motionless for this long is parked. */
const PARKED_S = 20;
/** Who came back to its place as often was there all the time, and the detector missed it. */
const FLICKERS = 2;
/** How many times as long as others a parked object is remembered at most. */
const MAX_PATIENCE = 6;
const MAX_TRACKS = 300;
/** Weight of the newest step in the velocity: boxes jitter, and a jitter between two close frames looks fast. */
const NEWEST = 0.5;

/**
 * Gives the objects of one camera ids that stay from frame to frame: the greedy IoU tracker of Bochinski et al. (2017),
 * "High-Speed Tracking-by-Detection Without Using Image Information", with three additions for the slow and gappy frame
 * rates of detection on small machines:
 * - boxes are compared with where the object should be by now (constant velocity, as SORT, Bewley et al. 2016, assumes);
 * - what did not overlap is matched by the distance of the centres: at 1 fps a walking person leaves their own box;
 * - weak sightings carry a track on, but do not start one (ByteTrack, Zhang et al. 2022);
 * - what is out of sight is remembered for a time and not for a number of frames, and after those just seen.
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

  /** How many seconds an object is remembered after it was last seen: a parked one as long as it stood, within limits. */
  memoryOf(track: Track): number {
    const { memory } = this.#options;
    return Math.min(
      Math.max(memory, isParked(track) ? track.seenAt - track.stay.since : 0),
      MAX_PATIENCE * memory,
    );
  }

  #start({ label, score, box }: Sighting, seconds: number): Motion {
    const id = ++this.#lastId;
    const stay = stayAt(box, seconds);
    return { id, label, score, box, missed: 0, seenAt: seconds, stay, velocity: undefined };
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
      if (track.missed > 0 && open.delete(sighting)) follow(track, sighting, seconds, this.memoryOf(track));
    }
  }
}

/** Whether an object has been at its place for so long that it will not be gone just because it is not seen. */
export function isParked(track: Track): boolean {
  return track.stay.seen >= PARKED_S || isFlickering(track);
}

/** Whether the detector loses an object that stands there again and again. */
export function isFlickering({ stay }: Track): boolean {
  return stay.returns >= FLICKERS;
}

function stayAt(place: PixelBox, since: number): Stay {
  return { place, since, seen: 0, returns: 0 };
}

/** Notes that an object was seen, before its track is brought up to date. */
function prolongStay(track: Motion, box: PixelBox, seconds: number, memory: number): void {
  const { stay, seenAt, missed } = track;
  const gap = seconds - seenAt;
  // Where images are rare, a few of them outlast the memory: that may be another one at the same place.
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
      x: before.x + NEWEST * (newest.x - before.x),
      y: before.y + NEWEST * (newest.y - before.y),
    };
  }
  prolongStay(track, box, seconds, memory);
  Object.assign(track, { score, box, seenAt: seconds, missed: 0 });
}

function expectedBox({ box, velocity, seenAt, stay }: Motion, seconds: number): PixelBox {
  // What stands only seems to move, by the jitter of its boxes.
  if (velocity === undefined || seenAt - stay.since > RECENT_S) return box;
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
