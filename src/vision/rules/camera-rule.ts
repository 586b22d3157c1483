import { randomUUID } from "node:crypto";
import type { ImageSize } from "../../media/frame";
import { normalise, type Sighting } from "./sightings";
import { isFlickering, isParked, Tracker, type Stay, type Track } from "./tracker";
import { isInZone, type Zone, type ZoneTest } from "./zones";

export interface CameraRuleOptions {
  /** None: the whole image. */
  zones: readonly Zone[];
  zoneTest: ZoneTest;
  /** 0..1: sightings below it are no hits. */
  minScore: number;
  /** An object seen in a zone in this many of the last `window` frames raises an alarm. */
  hits: number;
  /** Frames */
  window: number;
  /** Seconds from one start to the next at least, for the same zone and label. */
  cooldown: number;
  /** Seconds without a hit after which an occurrence is over. */
  endAfter: number;
  /**
   * Seconds for which an object that is not seen is remembered. What has been parked is remembered as long as it stood,
   * up to six times these, and as long as it is remembered, its occurrence goes on. 10 unless given.
   */
  trackSeconds?: number;
}

/** What becomes of an occurrence: objects of one label in one zone, from the first alarm until the last has gone. */
export interface Change {
  state: "start" | "update" | "end";
  /** The same from start to end, unique across restarts. */
  id: string;
  label: string;
  /** Absent for the whole image. */
  zone?: string;
  /** In how many of the last frames its most often seen object was hit. */
  hits: number;
  /** At a start or update what the frame shows; at an end what was seen last. */
  objects: readonly SeenObject[];
}

export type SeenObject = Pick<Track, "id" | "label" | "score"> & { box: ReturnType<typeof normalise> };

interface Occurrence extends Omit<Change, "state"> {
  active: boolean;
  /** The ids of the objects that raised it or joined it. */
  members: Set<number>;
  /** Seconds on the stream's clock, as the next ones */
  lastHit: number;
  startedAt: number;
  reportedAt: number;
}

/** An occurrence that goes on is reported at most this often, … */
const UPDATE_INTERVAL_S = 5;
/** … unless another object joins it. */
const JOIN_INTERVAL_S = 1;
/** Tracks outlive this many missed frames, or the window where it is longer. */
const MIN_MISSED = 5;
/** Ended ones are remembered for their cooldown; the labels of a faulty source could be endless. */
const MAX_OCCURRENCES = 500;

/**
 * Decides for one camera when something is going on: follows the objects, counts the frames in which each of them was
 * in a zone, and opens, updates and closes one occurrence per zone and label.
 */
export class CameraRule {
  readonly #options: CameraRuleOptions;
  readonly #tracker: Tracker;
  readonly #occurrences = new Map<string, Occurrence>();
  /** The numbers of the frames in which a track was hit, by zone (undefined: the whole image). */
  readonly #hits = new WeakMap<Track, Map<string | undefined, number[]>>();
  /** The stays in which a track raised an occurrence, by zone. */
  readonly #raised = new WeakMap<Stay, Set<string | undefined>>();
  #frame = 0;

  constructor(options: CameraRuleOptions) {
    this.#options = options;
    this.#tracker = new Tracker({
      minScore: options.minScore,
      maxMissed: Math.max(MIN_MISSED, options.window),
      memory: options.trackSeconds ?? 10,
    });
  }

  /** How many occurrences are going on. */
  get active(): number {
    return this.#active().length;
  }

  /** Seconds on the stream's clock at which the next occurrence ends if nothing is seen until then. */
  get nextEnd(): number | undefined {
    const ends = this.#active().map((occurrence) => this.#endOf(occurrence));
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** Takes the next frame: the objects with the labels to watch for, and when it was taken, on a clock that never goes back. */
  take(sightings: readonly Sighting[], size: ImageSize, seconds: number): Change[] {
    this.#frame++;
    const groups = new Map<string, { zone: string | undefined; label: string; tracks: Track[] }>();
    const seen = this.#tracker.update(sightings, seconds);
    this.#forgetMembers();
    for (const track of seen) {
      if (track.score < this.#options.minScore) continue;
      for (const zone of this.#zonesOf(track, size)) {
        this.#countHit(track, zone);
        const key = JSON.stringify([zone, track.label]);
        const group = groups.get(key) ?? { zone, label: track.label, tracks: [] };
        group.tracks.push(track);
        groups.set(key, group);
      }
    }
    const changes: Change[] = [];
    for (const [key, { zone, label, tracks }] of groups) {
      const known = this.#occurrences.get(key);
      const objects = tracks.filter(
        (track) =>
          (known?.active === true && known.members.has(track.id)) ||
          (this.#hitsOf(track, zone) >= this.#options.hits && !this.#isKnown(track, zone)),
      );
      if (objects.length === 0) continue;
      const report = {
        label,
        ...(zone === undefined ? {} : { zone }),
        hits: Math.max(...objects.map((track) => this.#hitsOf(track, zone))),
        objects: objects.map(({ id, label, score, box }) => ({
          id,
          label,
          score,
          box: normalise(box, size),
        })),
        lastHit: seconds,
      };
      const change = known?.active === true ? goOn(known, report) : this.#open(key, known, report);
      if (change !== undefined) changes.push(change);
      if (this.#occurrences.get(key)?.active === true)
        for (const { stay } of objects) this.#noteRaised(stay, zone);
    }
    return [...changes, ...this.expire(seconds)];
  }

  /** Ends what has not been hit for `endAfter` seconds, and forgets what ended longer ago than its cooldown. */
  expire(seconds: number): Change[] {
    const { cooldown } = this.#options;
    const over = this.#active().filter((occurrence) => seconds >= this.#endOf(occurrence) - ROUNDING_S);
    for (const occurrence of over) occurrence.active = false;
    for (const [key, { active, startedAt }] of this.#occurrences) {
      if (!active && seconds - startedAt >= cooldown) this.#occurrences.delete(key);
    }
    return over.map((occurrence) => changeOf("end", occurrence));
  }

  /** An occurrence may go on for days, with thousands of objects that came and went. */
  #forgetMembers(): void {
    const known = new Set(this.#tracker.tracks.map(({ id }) => id));
    for (const { members } of this.#active())
      for (const id of members) if (!known.has(id)) members.delete(id);
  }

  /** When an occurrence ends if it is not hit again. A detector that misses what is parked makes no end of it. */
  #endOf({ lastHit, members }: Occurrence): number {
    const parked = this.#tracker.tracks.filter((track) => members.has(track.id) && isParked(track));
    const forgotten = parked.map((track) => track.seenAt + this.#tracker.memoryOf(track));
    return Math.max(lastHit + this.#options.endAfter, ...forgotten);
  }

  #active(): Occurrence[] {
    return [...this.#occurrences.values()].filter(({ active }) => active);
  }

  #zonesOf(track: Track, size: ImageSize): (string | undefined)[] {
    const { zones, zoneTest } = this.#options;
    if (zones.length === 0) return [undefined];
    const box = normalise(track.box, size);
    return zones.filter((zone) => isInZone(box, zone, zoneTest)).map(({ name }) => name);
  }

  #countHit(track: Track, zone: string | undefined): void {
    const zones = this.#hits.get(track) ?? new Map<string | undefined, number[]>();
    this.#hits.set(track, zones);
    const recent = (zones.get(zone) ?? []).filter((frame) => frame > this.#frame - this.#options.window);
    zones.set(zone, [...recent, this.#frame]);
  }

  #hitsOf(track: Track, zone: string | undefined): number {
    return this.#hits.get(track)?.get(zone)?.length ?? 0;
  }

  #noteRaised(stay: Stay, zone: string | undefined): void {
    const zones = this.#raised.get(stay) ?? new Set();
    this.#raised.set(stay, zones.add(zone));
  }

  /** What flickers where it stands has been there all the time: it raises one occurrence, and no other. */
  #isKnown(track: Track, zone: string | undefined): boolean {
    return isFlickering(track) && this.#raised.get(track.stay)?.has(zone) === true;
  }

  #open(key: string, before: Occurrence | undefined, report: Report): Change | undefined {
    const { cooldown } = this.#options;
    if (before !== undefined && report.lastHit - before.startedAt < cooldown - ROUNDING_S) return undefined;
    if (before === undefined && !this.#hasRoom()) return undefined;
    const occurrence = {
      ...report,
      id: randomUUID(),
      active: true,
      members: new Set(report.objects.map(({ id }) => id)),
      startedAt: report.lastHit,
      reportedAt: report.lastHit,
    };
    this.#occurrences.set(key, occurrence);
    return changeOf("start", occurrence);
  }

  #hasRoom(): boolean {
    if (this.#occurrences.size < MAX_OCCURRENCES) return true;
    const oldest = [...this.#occurrences].find(([, { active }]) => !active);
    return oldest !== undefined && this.#occurrences.delete(oldest[0]);
  }
}

type Report = Omit<Change, "state" | "id"> & Pick<Occurrence, "lastHit">;

/** Sums of frame times are not exact: 5 s after a hit must not be 4.9999999 s. */
const ROUNDING_S = 1e-6;

/** Notes what a frame shows of an occurrence; a change only when it is time to report it. */
function goOn(occurrence: Occurrence, report: Report): Change | undefined {
  const joined = report.objects.filter(({ id }) => !occurrence.members.has(id));
  const interval = joined.length > 0 ? JOIN_INTERVAL_S : UPDATE_INTERVAL_S;
  const due = report.lastHit - occurrence.reportedAt >= interval - ROUNDING_S;
  Object.assign(occurrence, report);
  if (!due) return undefined;
  for (const { id } of joined) occurrence.members.add(id);
  occurrence.reportedAt = report.lastHit;
  return changeOf("update", occurrence);
}

function changeOf(state: Change["state"], { id, label, zone, hits, objects }: Occurrence): Change {
  return { state, id, label, ...(zone === undefined ? {} : { zone }), hits, objects };
}
