import type { HcpClient } from "./client";

interface ResourceKind {
  /** The operation that lists them. */
  operation: string;
  /** The fields of a list's member. */
  id: string;
  name: string;
  /** The parameters that ask for the id of one, or for several. */
  parameters: readonly string[];
}

/** What of a platform can be picked from a list instead of being typed in by its id. */
export const resourceKinds = {
  camera: {
    operation: "resource/cameras",
    id: "cameraIndexCode",
    name: "cameraName",
    parameters: ["cameraIndexCode", "cameraIndexCodes"],
  },
  door: {
    operation: "resource/acsDoor/acsDoorList",
    id: "doorIndexCode",
    name: "doorName",
    parameters: ["doorIndexCode", "doorIndexCodes"],
  },
  area: {
    operation: "resource/regions",
    id: "indexCode",
    name: "name",
    parameters: ["regionIndexCode"],
  },
  eventRule: {
    operation: "eventService/generalEventRule/generalEventRuleList",
    id: "generalEventRuleIndexCode",
    name: "generalEventRuleName",
    parameters: ["generalEventRuleIndexCode", "generalEventRuleIndexCodes"],
  },
  alarmInput: {
    operation: "resource/alarmInputs",
    id: "alarmInputIndexCode",
    name: "alarmInputName",
    parameters: ["alarmInputIndexCode"],
  },
  alarmOutput: {
    operation: "resource/alarmOutputs",
    id: "alarmOutputIndexCode",
    name: "alarmOutputName",
    parameters: ["alarmOutputIndexCode"],
  },
  site: {
    operation: "resource/site/siteList",
    id: "siteIndexCode",
    name: "siteName",
    parameters: ["siteIndexCode"],
  },
} as const satisfies Record<string, ResourceKind>;

export type ResourceName = keyof typeof resourceKinds;

export interface Resource {
  id: string;
  name: string;
}

/** A list to pick from: nobody looks through more, and a browser would be slow with it. */
const MAX_LISTED = 5000;

/** Which kind of resource a parameter asks for the id of. */
export const resourceOfParameter: ReadonlyMap<string, ResourceName> = new Map(
  (Object.keys(resourceKinds) as ResourceName[]).flatMap((kind) =>
    resourceKinds[kind].parameters.map((parameter): [string, ResourceName] => [parameter, kind]),
  ),
);

/**
 * The platform's cameras, doors, areas …: ids and names, by name.
 *
 * @returns at most 5000
 * @throws whatever {@link HcpClient.call} throws
 */
export async function listResources(
  client: Pick<HcpClient, "pages">,
  kind: ResourceName,
  signal?: AbortSignal,
): Promise<Resource[]> {
  const { operation, id, name } = resourceKinds[kind];
  const found: Resource[] = [];
  for await (const { entries } of client.pages(operation, {}, { signal })) {
    for (const entry of entries as Record<string, unknown>[]) {
      const code = entry[id];
      if (typeof code !== "string" && typeof code !== "number") continue;
      const called = entry[name];
      found.push({ id: String(code), name: typeof called === "string" ? called : "" });
    }
    if (found.length >= MAX_LISTED) break;
  }
  return found.slice(0, MAX_LISTED).sort((a, b) => a.name.localeCompare(b.name));
}
