import { groupBy } from "../core/group-by";
import type { XmlElement } from "../xml/tree";
import { kindOfSmartType, peaByLine, type EventKind } from "./vocabulary";

/** A camera's name for two events: somebody is in a zone, or crosses a line. */
export const PEA = "PEA";
/** The blocks that list them. Other events borrow the first one. */
const ZONE = "perimeter";
const LINE = "tripwire";
/** What is drawn in the camera's settings. */
const RULE = /^(perimeter|tripwire)Rule$/i;
const TARGET = /^target(id|imagedata)$/i;

/** One thing that a post reports. */
export interface Report {
  kind: EventKind;
  /** What tells its occurrence from others; undefined where the post does not say. */
  occurrence?: string;
  /** `SMART_START` and the like. */
  status?: string;
  /** Whom it is about, by their ids; undefined: all that the post names. */
  about?: ReadonlySet<string> | undefined;
}

/**
 * What a post reports: each event that it lists by an id, once for each of its states; else one event.
 *
 * @param vendorType the post's smartType, or what stands for it
 */
export function reportsOf(root: XmlElement, vendorType: string): Report[] {
  const kind = kindOfSmartType(vendorType);
  const [zone, line] = [root.child(ZONE), root.child(LINE)];
  const isPea = vendorType === PEA;
  const reports = isPea
    ? // Zones and lines are numbered apart.
      [...reportsIn(zone, kind, ""), ...reportsIn(line, peaByLine, "line-")]
    : reportsIn(root, kind, "");
  const [first, ...others] = reports;
  if (first === undefined) {
    return [
      { kind: isPea && line !== undefined && zone === undefined ? peaByLine : kind, ...statusOf(root) },
    ];
  }
  // A single one is about all targets of the post, also about those that are listed elsewhere.
  return others.length > 0 ? reports : [{ ...first, about: undefined }];
}

/** Whether a post lists what goes on in zones or at lines. */
export function listsHappenings(root: XmlElement): boolean {
  return [root.child(ZONE), root.child(LINE)].some((block) => happeningsIn(block).length > 0);
}

/** Whether a post only tells that somebody has changed the rules. */
export function isRuleNotice(root: XmlElement): boolean {
  const elements = [...root.descendants()];
  return (
    elements.some(({ name }) => RULE.test(name)) &&
    !elements.some(({ name }) => TARGET.test(name)) &&
    happeningsIn(root).length === 0
  );
}

function reportsIn(block: XmlElement | undefined, kind: EventKind, prefix: string): Report[] {
  const groups = groupBy(
    happeningsIn(block),
    (item) => `${occurrenceOf(item)} ${item.value("status") ?? ""}`,
  );
  return [...groups.values()].map((items) => {
    const about = new Set(items.map((item) => item.value("targetId") ?? ""));
    return {
      kind,
      occurrence: prefix + (items[0] === undefined ? "" : occurrenceOf(items[0])),
      ...(items[0] === undefined ? {} : statusOf(items[0])),
      about,
    };
  });
}

function happeningsIn(block: XmlElement | undefined): XmlElement[] {
  return [...(block?.descendants() ?? [])].filter(
    (element) => element.name.toLowerCase() === "item" && element.value("eventId", "status") !== undefined,
  );
}

/** Where an item has no number of its own, its target stands for it. */
function occurrenceOf(item: XmlElement): string {
  return item.value("eventId") ?? `target-${item.value("targetId") ?? ""}`;
}

/** The first state that is told in an element. */
function statusOf(element: XmlElement): { status?: string } {
  for (const each of element.descendants()) {
    const status = each.value("status");
    if (status !== undefined) return { status };
  }
  return {};
}
