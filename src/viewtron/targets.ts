import type { EventTarget } from "../events";
import { normalisedBox } from "./boxes";
import type { XmlElement } from "../xml/tree";
import { labelOf } from "./vocabulary";

/** The label of a target without a type. */
const UNTYPED = "object";

/**
 * Returns the targets of a post, from all of its lists: `perInfo`, `tripInfo`, `eventInfo`, `listInfo`,
 * `targetListInfo`, `traject`, a bare `vsd` block. The same target is often in two lists, with its box in one and its
 * type in the other. They are joined by their id.
 */
export function targetsOf(config: XmlElement): EventTarget[] {
  const targets: EventTarget[] = [];
  const byId = new Map<EventTarget["id"], EventTarget>();
  for (const element of config.descendants()) {
    if (!isTarget(element)) continue;
    const found = targetOf(element);
    const known = found.id === undefined ? undefined : byId.get(found.id);
    if (known !== undefined) mergeInto(known, found);
    else {
      targets.push(found);
      byId.set(found.id, found);
    }
  }
  return targets;
}

function isTarget(element: XmlElement): boolean {
  return element.child("targetId", "targetImageData") !== undefined;
}

function targetOf(element: XmlElement): EventTarget {
  const type = element.value("targetType") ?? element.child("targetImageData")?.value("targetType");
  const id = element.value("targetId");
  const box = normalisedBox(element.child("rect"));
  const attributes = attributesOf(element);
  return {
    label: type === undefined ? UNTYPED : labelOf(type),
    ...(id !== undefined && { id }),
    ...(box !== undefined && { box }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function mergeInto(known: EventTarget, found: EventTarget): void {
  if (known.label === UNTYPED) known.label = found.label;
  if (known.box === undefined && found.box !== undefined) known.box = found.box;
  if (found.attributes !== undefined) known.attributes = { ...known.attributes, ...found.attributes };
}

/** Elements with the attributes of a vehicle. */
const VEHICLE = /^(car|bike)attr(ibute)?$/i;
const PERSON = /^(person|face)attr(ibute)?$/i;

/** Returns the attributes of a target: `{ vehicle: { type, color, brand, model }, sex, age, … }`. */
export function attributesOf(item: XmlElement): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const element of item.descendants()) {
    if (VEHICLE.test(element.name)) attributes.vehicle = vehicleOf(element);
    else if (PERSON.test(element.name)) Object.assign(attributes, leavesOf(element));
  }
  return attributes;
}

function vehicleOf(element: XmlElement): Record<string, string> {
  const { carType, type, ...others } = leavesOf(element);
  const kind = carType ?? type;
  return { ...(kind !== undefined && { type: kind }), ...others };
}

function leavesOf(element: XmlElement): Record<string, string> {
  const leaves = element.children.filter((child) => child.children.length === 0 && child.text !== "");
  return Object.fromEntries(leaves.map((leaf) => [leaf.name, leaf.text]));
}
