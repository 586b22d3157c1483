import { randomUUID } from "node:crypto";
import type { ImageSize } from "../../media/frame";
import { normalise, type Sighting } from "./sightings";
import { DEFAULT_TRACK_SECONDS, isFlickering, isParked, Tracker, type Stay, type Track } from "./tracker";
import { isInZone, type Zone, type ZoneTest } from "./zones";

export interface CameraRuleOptions {
  /** If empty, the whole image is one zone. */
  zones: readonly Zone[];
  zoneTest: ZoneTest;
  /** 0..1; sightings with a lower score do not count as hits. */
  minScore: number;
  /** An object that is in a zone in this many of the last `window` frames starts an occurrence. */
  hits: number;
  /** Frames */
  window: number;
  /** Minimum seconds from one start to the next, for the same zone and label. */
  cooldown: number;
  /** Seconds without a hit after which an occurrence ends. */
  endAfter: number;
  /**
   * Seconds for which an unseen object is remembered. A parked object is remembered for as long as it stood, up to six
   * times this value. Its occurrence continues as long as it is remembered. Default 10.
   */
  trackSeconds?: number;
}

/** A change of an occurrence: objects of one label in one zone, from the first alarm until the last object is gone. */
export interface Change {
  state: "start" | "update" | "end";
  /** The same from start to end, unique across restarts. */
  id: string;
  label: string;
  /** Absent if there are no zones. */
  zone?: string;
  /** The hits in the last frames, of the object with the most. */
  hits: number;
  /** At a start or update the objects in the frame; at an end those seen last. */
  objects: readonly SeenObject[];
}

export type SeenObject = Pick<Track, "id" | "label" | "score"> & { box: ReturnType<typeof normalise> };

interface Occurrence extends Omit<Change, "state"> {
  active: boolean;
  /** The ids of the objects that started it or joined it. */
  members: Set<number>;
  /** Seconds on the stream's clock, also the next two. */
  lastHit: number;
  startedAt: number;
  reportedAt: number;
}

/** The minimum interval between updates of an occurrence in seconds. */
const UPDATE_INTERVAL_S = 5;
/** The minimum interval if another object joins it. */
const JOIN_INTERVAL_S = 1;
/** Tracks are kept for this many missed frames, or for the window if it is longer. */
const MIN_MISSED = 5;
/** Ended occurrences are kept for their cooldown. A faulty source could send any number of labels. */
const MAX_OCCURRENCES = 500;

/**
 * The rule of one camera. It tracks the objects and counts the frames in which each object is in a zone. It starts,
 * updates and ends one occurrence per zone and label.
 */
export class CameraRule {
  readonly #options: CameraRuleOptions;
  readonly #tracker: Tracker;
  readonly #occurrences = new Map<string, Occurrence>();
  /** The numbers of the frames with a hit of a track, by zone (undefined: the whole image). */
  readonly #hits = new WeakMap<Track, Map<string | undefined, number[]>>();
  /** The zones in which a track started or joined an occurrence, by its stay. */
  readonly #raised = new WeakMap<Stay, Set<string | undefined>>();
  #frame = 0;

  constructor(options: CameraRuleOptions) {
    this.#options = options;
    this.#tracker = new Tracker({
      minScore: options.minScore,
      maxMissed: Math.max(MIN_MISSED, options.window),
      memory: options.trackSeconds ?? DEFAULT_TRACK_SECONDS,
    });
  }

  /** The number of active occurrences. */
  get active(): number {
    return this.#active().length;
  }

  /** The time at which the next occurrence ends if there are no more hits, in seconds on the stream's clock. */
  get nextEnd(): number | undefined {
    const ends = this.#active().map((occurrence) => this.#endOf(occurrence));
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /**
   * Processes the next frame.
   * @param sightings objects with the labels to watch for
   * @param seconds the time of the frame, on a clock that never goes back
   * @returns the changes of occurrences
   */
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
      const change = known?.active === true ? update(known, report) : this.#open(key, known, report);
      if (change !== undefined) changes.push(change);
      if (this.#occurrences.get(key)?.active === true)
        for (const { stay } of objects) this.#noteRaised(stay, zone);
    }
    return [...changes, ...this.expire(seconds)];
  }

  /** Ends occurrences without a hit for `endAfter` seconds, and deletes ended ones after their cooldown. */
  expire(seconds: number): Change[] {
    const { cooldown } = this.#options;
    const ended = this.#active().filter((occurrence) => seconds >= this.#endOf(occurrence) - ROUNDING_S);
    for (const occurrence of ended) occurrence.active = false;
    for (const [key, { active, startedAt }] of this.#occurrences) {
      if (!active && seconds - startedAt >= cooldown) this.#occurrences.delete(key);
    }
    return ended.map((occurrence) => changeOf("end", occurrence));
  }

  /** Removes forgotten objects from their occurrences. An occurrence may last for days, with thousands of objects. */
  #forgetMembers(): void {
    const known = new Set(this.#tracker.tracks.map(({ id }) => id));
    for (const { members } of this.#active())
      for (const id of members) if (!known.has(id)) members.delete(id);
  }

  /** Returns the time at which an occurrence ends without another hit. A remembered parked object postpones it. */
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

  /** Tells whether an object flickers that already started an occurrence in its stay. It must not start another one. */
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

/** Sums of frame times are not exact: 5 s after a hit must not become 4.9999999 s. */
const ROUNDING_S = 1e-6;

/** Updates an occurrence. Returns a change if an update is due. */
function update(occurrence: Occurrence, report: Report): Change | undefined {
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
