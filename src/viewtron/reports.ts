import { groupBy } from "../core/group-by";
import type { XmlElement } from "../xml/tree";
import { kindOfSmartType, peaByLine, type EventKind } from "./vocabulary";

/** A camera's name for two events: a target is in a zone, or crosses a line. */
export const PEA = "PEA";
/** The blocks that list these events. Other events use the first one, too. */
const ZONE = "perimeter";
const LINE = "tripwire";
/** The zones and lines of the camera's settings. */
const RULE = /^(perimeter|tripwire)Rule$/i;
const TARGET = /^target(id|imagedata)$/i;

/** One event that a post reports. */
export interface Report {
  kind: EventKind;
  /** The id of its occurrence; undefined where the post has none. */
  occurrence?: string;
  /** `SMART_START` and the like. */
  status?: string;
  /** The ids of its targets; undefined means all targets of the post. */
  about?: ReadonlySet<string> | undefined;
}

/**
 * Returns the events of a post: each listed event id, once for each of its states; without a list, one event.
 *
 * @param vendorType the post's smartType, or its substitute
 */
export function reportsOf(root: XmlElement, vendorType: string): Report[] {
  const kind = kindOfSmartType(vendorType);
  const [zone, line] = [root.child(ZONE), root.child(LINE)];
  const isPea = vendorType === PEA;
  const reports = isPea
    ? // Zones and lines have separate numbers.
      [...reportsIn(zone, kind, ""), ...reportsIn(line, peaByLine, "line-")]
    : reportsIn(root, kind, "");
  const [first, ...others] = reports;
  if (first === undefined) {
    return [
      { kind: isPea && line !== undefined && zone === undefined ? peaByLine : kind, ...statusOf(root) },
    ];
  }
  // A single event is about all targets of the post, also about those in other lists.
  return others.length > 0 ? reports : [{ ...first, about: undefined }];
}

/** Tells whether a post lists events in zones or at lines. */
export function listsHappenings(root: XmlElement): boolean {
  return [root.child(ZONE), root.child(LINE)].some((block) => happeningsIn(block).length > 0);
}

/** Tells whether a post only reports a change of the rules. */
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

/** Takes the target's number where an item has none of its own. */
function occurrenceOf(item: XmlElement): string {
  return item.value("eventId") ?? `target-${item.value("targetId") ?? ""}`;
}

/** Returns the first state in an element. */
function statusOf(element: XmlElement): { status?: string } {
  for (const each of element.descendants()) {
    const status = each.value("status");
    if (status !== undefined) return { status };
  }
  return {};
}
