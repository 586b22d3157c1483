import {
  optionalText,
  Refusal,
  success,
  text,
  whole,
  type GatewayResponse,
  type Body,
} from "./gateway-response";
import { videoOperations, type Camera, type PtzCommand } from "./video";

/** The resources of a simulated platform. Tests may change them: every operation reads them again. */
export interface Platform {
  /** False for a partner without permission to list them. */
  listed: boolean;
  /** Paging of versions that differ from the guide. */
  paging: PagingQuirks;
  cameras: Camera[];
  doors: { doorIndexCode: string; doorName: string; doorNo: string; regionIndexCode: string }[];
  regions: { indexCode: string; name: string; parentIndexCode: string }[];
  alarmOutputs: { alarmOutputIndexCode: string; alarmOutputName: string; status: number }[];
  /** The last command per door, 0 to 3 (guide, 5.8.2). */
  doorControls: Map<string, number>;
  /** Ids of the acknowledged alarms. */
  acknowledged: string[];
  /** In the order of arrival. */
  ptz: PtzCommand[];
}

export interface PagingQuirks {
  /** The most entries of a page, whatever size is requested. */
  cap?: number;
  /** Whether `pageSize` of the response is the cap; otherwise it repeats the requested size. */
  tellsCap?: boolean;
  /** Sends the first page for every page. */
  ignoresPageNo?: boolean;
}

export function samplePlatform(): Platform {
  return {
    listed: true,
    paging: {},
    cameras: [
      { cameraIndexCode: "31", cameraName: "Gate", regionIndexCode: "5", presets: [], patrols: [] },
      { cameraIndexCode: "32", cameraName: "Yard", regionIndexCode: "5", presets: [], patrols: [] },
      { cameraIndexCode: "47", cameraName: "Hall", regionIndexCode: "6", presets: [], patrols: [] },
    ],
    doors: [
      { doorIndexCode: "12", doorName: "Main entrance", doorNo: "1", regionIndexCode: "5" },
      { doorIndexCode: "13", doorName: "Store room", doorNo: "2", regionIndexCode: "6" },
    ],
    regions: [
      { indexCode: "5", name: "Outside", parentIndexCode: "-1" },
      { indexCode: "6", name: "Building", parentIndexCode: "-1" },
    ],
    alarmOutputs: [{ alarmOutputIndexCode: "71", alarmOutputName: "Siren", status: 0 }],
    doorControls: new Map(),
    acknowledged: [],
    ptz: [],
  };
}

type Operations = Readonly<Record<string, (body: Body) => GatewayResponse>>;

/**
 * The operations on devices, by path without the context path (guide, 5.3 to 5.5 and 5.8). They accept only the
 * parameters in the guide's tables.
 */
export function platformOperations(platform: Platform): Operations {
  return {
    ...(platform.listed && lists(platform)),
    "/api/resource/v1/alarmOutput/controlling": (body) => {
      const code = text(body, "alarmOutputIndexCode", 64);
      const output = platform.alarmOutputs.find(({ alarmOutputIndexCode }) => alarmOutputIndexCode === code);
      const action = whole(body, "action", 0, 1);
      if (output === undefined) throw new Refusal("128", "The alarm output does not exist");
      output.status = action;
      return success();
    },
    "/api/acs/v1/door/doControl": (body) => success([controlDoors(platform, body)]),
    "/api/eventService/v1/eventRecords/controlling": (body) => {
      // The table and the example spell it differently.
      const name = body.eventIndexCodes === undefined ? "eventIndexCode" : "eventIndexCodes";
      const code = text(body, name, 64);
      whole(body, "controlType", 1, 1);
      platform.acknowledged.push(code);
      return success();
    },
    ...videoOperations(platform),
  };
}

function lists(platform: Platform): Operations {
  const page: Pager = (...page) => pageOf(platform.paging, ...page);
  return {
    "/api/resource/v1/cameras": (body) =>
      page(body, 2147483647, platform.cameras.map(listed), () => {
        optionalText(body, "siteIndexCode", 64);
        optionalText(body, "deviceType", 128);
      }),
    "/api/resource/v1/acsDoor/acsDoorList": (body) => page(body, 2147483647, platform.doors),
    "/api/resource/v1/regions": (body) =>
      page(body, 2147483647, platform.regions, () => {
        optionalText(body, "siteIndexCode", 64);
      }),
    "/api/resource/v1/alarmOutputs": (body) =>
      page(body, 2147483648, platform.alarmOutputs, () => {
        optionalText(body, "deviceType", 128);
      }),
  };
}

type Pager = (
  body: Body,
  lastPage: number,
  entries: readonly object[],
  check?: () => void,
) => GatewayResponse;

/** Returns a page of a list in the envelope that all paged operations share. */
function pageOf(
  { cap = Infinity, tellsCap = false, ignoresPageNo = false }: PagingQuirks,
  body: Body,
  lastPage: number,
  entries: readonly object[],
  check: () => void = () => undefined,
): GatewayResponse {
  const pageNo = whole(body, "pageNo", 1, lastPage);
  const pageSize = whole(body, "pageSize", 1, 500);
  check();
  const size = Math.min(pageSize, cap);
  const from = ignoresPageNo ? 0 : (pageNo - 1) * size;
  const list = entries.slice(from, from + size);
  return success({ total: entries.length, pageNo, pageSize: tellsCap ? size : pageSize, list });
}

function listed({ cameraIndexCode, cameraName, regionIndexCode }: Camera): object {
  return {
    cameraIndexCode,
    cameraName,
    capabilitySet: "ptz",
    regionIndexCode,
    siteIndexCode: "0",
    status: 1,
  };
}

function controlDoors(platform: Platform, body: Body): object[] {
  const { doorIndexCodes } = body;
  if (doorIndexCodes === undefined) throw new Refusal("0x00072001", "doorIndexCodes is required");
  if (!Array.isArray(doorIndexCodes) || !doorIndexCodes.every((code) => typeof code === "string")) {
    throw new Refusal("0x00072003", "doorIndexCodes must be a list of strings");
  }
  if (doorIndexCodes.length < 1 || doorIndexCodes.length > 10) {
    throw new Refusal("0x00072002", "doorIndexCodes must have 1 to 10 entries");
  }
  const controlType = whole(body, "controlType", 0, 3);
  return doorIndexCodes.map((doorIndexCode) => {
    if (!platform.doors.some((door) => door.doorIndexCode === doorIndexCode)) {
      return { doorIndexCode, controlResultCode: 128, controlResultDesc: "The door does not exist" };
    }
    platform.doorControls.set(doorIndexCode, controlType);
    return { doorIndexCode, controlResultCode: 0, controlResultDesc: "Success" };
  });
}
