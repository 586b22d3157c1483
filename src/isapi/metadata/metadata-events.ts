import { definedFields } from "../../core/fields";
import type { Clock } from "../../core/clock";
import { OccurrenceTracker, type CommonEvent, type CommonEventType, type EventTarget } from "../../events";
import { commonType } from "../documents/event-types";
import type { ThermalReading } from "../thermal/readings";
import type { MetadataDocument } from "./document";
import type { MetadataTarget } from "./targets";

export interface MetadataEventOptions {
  /** °C; at or above it, a temperature is an event. Without it, only fires are events. */
  threshold?: number | undefined;
  /** An event ends after these seconds below the threshold, or without a document. */
  endAfter: number;
  /** The camera's name in events. */
  name?: string | undefined;
  clock: Clock;
  emit: (event: CommonEvent) => void;
}

/** A temperature at the threshold or above, or a fire, in a document. */
interface Finding {
  key: string;
  type: CommonEventType;
  targets: EventTarget[];
  document: MetadataDocument;
  host: string;
}

/** Makes common events with start and end from metadata documents. */
export class MetadataEvents {
  readonly #options: MetadataEventOptions;
  readonly #tracker: OccurrenceTracker<Finding>;

  constructor(options: MetadataEventOptions) {
    this.#options = options;
    const { clock, endAfter } = options;
    this.#tracker = new OccurrenceTracker<Finding>({
      endAfterMs: endAfter * 1000,
      clock,
      onEnd: (id, last) => {
        const now = new Date(clock.now()).toISOString();
        const document = { ...last.document, time: now, receivedTime: now };
        this.#emit({ ...last, document }, "end", id);
      },
    });
  }

  /** Emits the events of a document. @param host the camera's host from the settings */
  take(document: MetadataDocument, host: string): void {
    for (const found of this.#find(document)) {
      const finding = { ...found, document, host };
      const { id, state } = this.#tracker.report(`${host}|${document.channel}|${found.key}`, finding);
      if (state === "start") this.#emit(finding, state, id);
    }
  }

  close(): void {
    this.#tracker.close();
  }

  #find(document: MetadataDocument): Pick<Finding, "key" | "type" | "targets">[] {
    const type = commonType(document.subType ?? "");
    if (type === "fire") {
      const fires = firesOf(document.targets).filter((fire) => this.#isHot(fire.temperature));
      const label = /^smoke/i.test(document.subType ?? "") ? "smoke" : "fire";
      const targets = fires.map((fire) => fireTarget(label, fire));
      return targets.length === 0 ? [] : [{ key: type, type, targets }];
    }
    const { threshold } = this.#options;
    if (type !== "temperature" || threshold === undefined) return [];
    return document.readings.flatMap((reading) => {
      const hottest = hottestOf(reading.temperatures);
      if (hottest === undefined || hottest < threshold) return [];
      const targets = [temperatureTarget(reading, document.targets, threshold)];
      return [{ key: `${type}|${reading.rule.id ?? ""}`, type, targets }];
    });
  }

  /** Tells whether a fire reaches the threshold; a fire of unknown temperature does. */
  #isHot(temperature: number | undefined): boolean {
    return temperature === undefined || temperature >= (this.#options.threshold ?? -Infinity);
  }

  #emit({ type, targets, document, host }: Finding, state: CommonEvent["state"], id: string): void {
    const { name } = this.#options;
    const { mac } = document.device;
    this.#options.emit({
      source: "isapi",
      type,
      vendorType: document.subType ?? document.type,
      state,
      id,
      time: document.time,
      receivedTime: document.receivedTime,
      device: { ...(name !== undefined && { name }), host, ...(mac !== undefined && { mac }) },
      channel: { id: document.channel },
      targets,
      images: [],
      details: document.details,
    });
  }
}

/** Joins the targets of each fire: a camera sends its place and distance, then its hottest point. */
function firesOf(targets: readonly MetadataTarget[]): MetadataTarget[] {
  return targets.reduce<MetadataTarget[]>((fires, target) => {
    const last = fires.at(-1);
    const isRest =
      last !== undefined && Object.keys(target.properties).every((name) => !(name in last.properties));
    if (!isRest) return [...fires, target];
    const merged = { ...target, ...last, regions: [...last.regions, ...target.regions] };
    return [...fires.slice(0, -1), { ...merged, properties: { ...last.properties, ...target.properties } }];
  }, []);
}

function fireTarget(
  label: string,
  { box, regions, temperature, original, distance }: MetadataTarget,
): EventTarget {
  const highestPoint = regions.find((points) => points.length === 1)?.[0];
  const region = regions.find((points) => points.length > 1);
  return {
    label,
    ...(box && { box }),
    attributes: definedFields({ temperature, original, distance, highestPoint, region }),
  };
}

function temperatureTarget(
  { rule, temperatures, original, highestPoint }: ThermalReading,
  targets: readonly MetadataTarget[],
  threshold: number,
): EventTarget {
  const whole = targets.find((target) => target.rule === rule.id && target.box !== undefined);
  const region = whole?.regions.find((points) => points.length > 1);
  const { unit, ...values } = original;
  return {
    label: "temperature",
    ...(whole?.box && { box: whole.box }),
    attributes: definedFields({
      rule: rule.id === undefined ? undefined : rule,
      temperature: hottestOf(temperatures),
      threshold,
      original: { temperature: hottestOf(values), unit },
      highestPoint,
      region,
    }),
  };
}

function hottestOf(temperatures: ThermalReading["temperatures"]): number | undefined {
  return temperatures?.max ?? temperatures?.temperature ?? temperatures?.average;
}
