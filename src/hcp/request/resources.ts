import type { HcpClient } from "./client";

interface ResourceKind {
  /** The operation that lists the resources. */
  operation: string;
  /** The fields of an entry of the list. */
  id: string;
  name: string;
  /** The parameters that hold one id, or several. */
  parameters: readonly string[];
}

/** The resources of a platform that a user can pick from a list. */
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

/** The most entries of a list: longer lists are slow in a browser and of no use. */
const MAX_LISTED = 5000;

/** The kind of resource whose id a parameter holds. */
export const resourceOfParameter: ReadonlyMap<string, ResourceName> = new Map(
  (Object.keys(resourceKinds) as ResourceName[]).flatMap((kind) =>
    resourceKinds[kind].parameters.map((parameter): [string, ResourceName] => [parameter, kind]),
  ),
);

/**
 * Lists the platform's cameras, doors, areas …: ids and names, sorted by name.
 *
 * @returns at most 5000
 * @throws the errors of {@link HcpClient.call}
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
