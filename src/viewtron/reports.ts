import { groupBy } from "../core/group-by";
import type { XmlElement } from "../xml/tree";
import { kindOfSmartType, peaByLine, type EventKind } from "./vocabulary";

/** The smartType of two events: a target is in a zone, or crosses a line. */
export const PEA = "PEA";
/** The blocks that list these events. Other events use the first one as well. */
const ZONE = "perimeter";
const LINE = "tripwire";
/** Zones and lines in the settings of the camera. */
const RULE = /^(perimeter|tripwire)Rule$/i;
const TARGET = /^target(id|imagedata)$/i;

/** One event that a post reports. */
export interface Report {
  kind: EventKind;
  /** The id of its occurrence; undefined if the post has none. */
  occurrence?: string;
  /** For example `SMART_START`. */
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
    ? // Zones and lines are numbered separately.
      [...reportsIn(zone, kind, ""), ...reportsIn(line, peaByLine, "line-")]
    : reportsIn(root, kind, "");
  const [first, ...others] = reports;
  if (first === undefined) {
    return [
      { kind: isPea && line !== undefined && zone === undefined ? peaByLine : kind, ...statusOf(root) },
    ];
  }
  // A single event concerns all targets of the post, including those in other lists.
  return others.length > 0 ? reports : [{ ...first, about: undefined }];
}

/** Tells whether a post lists events in zones or at lines. */
export function listsEvents(root: XmlElement): boolean {
  return [root.child(ZONE), root.child(LINE)].some((block) => eventItemsIn(block).length > 0);
}

/** Tells whether a post only reports a change of the rules. */
export function isRuleNotice(root: XmlElement): boolean {
  const elements = [...root.descendants()];
  return (
    elements.some(({ name }) => RULE.test(name)) &&
    !elements.some(({ name }) => TARGET.test(name)) &&
    eventItemsIn(root).length === 0
  );
}

function reportsIn(block: XmlElement | undefined, kind: EventKind, prefix: string): Report[] {
  const groups = groupBy(
    eventItemsIn(block),
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

function eventItemsIn(block: XmlElement | undefined): XmlElement[] {
  return [...(block?.descendants() ?? [])].filter(
    (element) => element.name.toLowerCase() === "item" && element.value("eventId", "status") !== undefined,
  );
}

/** Returns the event id of an item, or its target's number if it has none. */
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
