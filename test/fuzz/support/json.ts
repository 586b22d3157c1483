import { oddText, prototypeNames } from "./mutate";
import type { Random } from "./random";

/** JSON with an order of its fields, which may occur more than once. */
export type Json = string | number | boolean | null | Json[] | JsonObject | RawJson;

/** The fields of an object in their order, with duplicates. */
export class JsonObject {
  constructor(readonly fields: [name: string, value: Json][]) {}
}

/** Text that is written as it is: `1e999`, deep brackets. */
class RawJson {
  constructor(readonly text: string) {}
}

/** Makes a tree from a plain value. */
export function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value as Json;
  return new JsonObject(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]));
}

/** Writes a tree as text. */
export function writeJson(value: Json): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (!(value instanceof JsonObject)) return JSON.stringify(value);
  return `{${value.fields.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(",")}}`;
}

const rawNumbers = ["1e999", "-1e999", "1E-400", "-0", "123456789012345678901234567890", "0.1e1", "1e308"];

function oddValue(random: Random, old: Json): Json {
  switch (random.below(12)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return [old, old];
    case 3:
      return new JsonObject([[random.pick(["value", "x", "0", ...prototypeNames]), old]]);
    case 4:
      return [];
    case 5:
      return new JsonObject([]);
    case 6:
      return new RawJson(random.pick(rawNumbers));
    case 7:
      return writeJson(old);
    case 8:
      return random.chance(0.9) ? random.below(2000) - 500 : nested(random);
    default:
      return oddText(random);
  }
}

function nested(random: Random): RawJson {
  const depth = random.pick([10, 100, 1000, 20_000]);
  return random.chance(0.5)
    ? new RawJson("[".repeat(depth) + "]".repeat(depth))
    : new RawJson(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
}

/** Changes one place of a tree: a value, a name, the order, the number of a field. */
export function mutateJson(root: Json, random: Random): Json {
  if (random.chance(0.02)) return oddValue(random, root);
  const places: JsonObject[] = [];
  const lists: Json[][] = [];
  const collect = (value: Json): void => {
    if (value instanceof JsonObject) {
      places.push(value);
      for (const [, member] of value.fields) collect(member);
    } else if (Array.isArray(value)) {
      lists.push(value);
      value.forEach(collect);
    }
  };
  collect(root);
  if (lists.length > 0 && random.chance(0.2)) mutateList(random.pick(lists), random);
  else if (places.length > 0) mutateFields(random.pick(places), random);
  return root;
}

function mutateList(list: Json[], random: Random): void {
  const item = list.length === 0 ? oddText(random) : random.pick(list);
  if (random.chance(0.3)) list.length = 0;
  else
    list.push(
      ...Array.from({ length: random.pick(item instanceof RawJson ? [1, 2] : [1, 2, 20, 200]) }, () => item),
    );
}

function mutateFields({ fields }: JsonObject, random: Random): void {
  const at = random.below(fields.length);
  const field = fields[at];
  if (field === undefined || random.chance(0.1)) {
    fields.push([random.pick(prototypeNames), oddValue(random, "x")]);
  } else if (random.chance(0.7)) {
    field[1] = oddValue(random, field[1]);
  } else {
    const changes = [
      (): unknown => fields.splice(at, 1),
      (): unknown => fields.push([field[0], oddValue(random, field[1])]),
      (): unknown => (field[0] = oddText(random)),
      (): unknown => (field[0] = field[0].toUpperCase()),
      (): unknown => fields.reverse(),
    ];
    random.pick(changes)();
  }
}
