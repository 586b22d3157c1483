import {
  optionalText,
  optionalWhole,
  Refusal,
  success,
  text,
  whole,
  type GatewayResponse,
  type Body,
} from "./gateway-response";

export interface Preset {
  presetIndex: number;
  presetName: string;
}

export interface Patrol {
  patrolIndex: number;
  patrolName: string;
  patrolPointInfoList: { presetIndex: number; speed: number; dwellTime: number }[];
}

export interface Camera {
  cameraIndexCode: string;
  cameraName: string;
  regionIndexCode: string;
  presets: Preset[];
  patrols: Patrol[];
}

export interface PtzCommand {
  cameraIndexCode: string;
  command: string;
  action: number;
  speed?: number;
  presetIndex?: number;
  patrolIndex?: number;
}

interface VideoPlatform {
  cameras: readonly Camera[];
  ptz: PtzCommand[];
}

const MOVES =
  "LEFT RIGHT UP DOWN ZOOM_IN ZOOM_OUT LEFT_UP LEFT_DOWN RIGHT_UP RIGHT_DOWN FOCUS_NEAR FOCUS_FAR FOUCS_FAR " +
  "IRIS_ENLARGE IRIS_REDUCE";
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?[+-]\d{2}:\d{2}$/;
const THREE_DAYS = 3 * 24 * 60 * 60 * 1000;
/** The host of the simulated streams. It does not exist. */
const STREAM_SERVER = "rtsp://streams.invalid:554";
const AUTHENTICATION = "c2ltdWxhdGVkIHRva2Vu";

/** Returns the operations of the guide's sections 5.4.4 to 5.4.14. */
export function videoOperations(
  platform: VideoPlatform,
): Readonly<Record<string, (body: Body) => GatewayResponse>> {
  const cameraOf = (body: Body): Camera => {
    const code = text(body, "cameraIndexCode", 64);
    const camera = platform.cameras.find(({ cameraIndexCode }) => cameraIndexCode === code);
    if (camera === undefined) throw new Refusal("128", "The camera does not exist");
    return camera;
  };
  return {
    "/api/video/v1/cameras/previewURLs": (body) => {
      const camera = cameraOf(body);
      const stream = optionalWhole(body, "streamType", 0, 1) ?? 0;
      optionalWhole(body, "transmode", 0, 1);
      return streamResponse(body, "preview", `${camera.cameraIndexCode}:${stream}`);
    },
    "/api/video/v1/cameras/playbackURLs": (body) => {
      const camera = cameraOf(body);
      const recordType = text(body, "recordType", 32);
      if (!["0", "1"].includes(recordType)) throw new Refusal("0x00072002", "recordType must be 0 or 1");
      // A text in the example, a number in the table.
      if (!["0", "1", 0, 1].includes((body.transmode ?? 1) as string | number)) {
        throw new Refusal("0x00072002", "transmode must be 0 or 1");
      }
      const [begin, end] = [timeOf(body, "beginTime"), timeOf(body, "endTime")];
      if (end < begin || end - begin > THREE_DAYS) {
        throw new Refusal("0x00072002", "beginTime and endTime must be at most three days apart");
      }
      optionalText(body, "uuid", 64);
      return streamResponse(body, "playback", camera.cameraIndexCode, { uuid: "", recordLocation: 1 });
    },
    "/api/video/v1/cameras/talkURLs": (body) => {
      const camera = cameraOf(body);
      optionalWhole(body, "transmode", 0, 1);
      // This operation has no protocol parameter.
      return streamResponse({}, "voicetalk", camera.cameraIndexCode);
    },
    "/api/video/v1/ptzs/controlling": (body) => {
      const camera = cameraOf(body);
      platform.ptz.push(ptzCommand(body, camera));
      return success();
    },
    "/api/video/v1/presets/addition": (body) => {
      const { presets } = cameraOf(body);
      const presetIndex = whole(body, "presetIndex", 1, 256);
      put(presets, { presetIndex, presetName: text(body, "presetName", 128) }, "presetIndex");
      return success();
    },
    "/api/video/v1/presets/deletion": (body) => {
      const { presets } = cameraOf(body);
      remove(presets, "presetIndex", whole(body, "presetIndex", 1, 256));
      return success();
    },
    "/api/video/v1/presets/searches": (body) => {
      const { presets } = cameraOf(body);
      return success({ total: presets.length, list: presets });
    },
    "/api/video/v1/patrols/addition": (body) => {
      const { patrols } = cameraOf(body);
      const patrolIndex = whole(body, "patrolIndex", 1, 8);
      const patrolName = optionalText(body, "patrolName", 128) ?? "";
      put(patrols, { patrolIndex, patrolName, patrolPointInfoList: patrolPoints(body) }, "patrolIndex");
      return success();
    },
    "/api/video/v1/patrols/deletion": (body) => {
      const { patrols } = cameraOf(body);
      remove(patrols, "patrolIndex", whole(body, "patrolIndex", 1, 8));
      return success();
    },
    "/api/video/v1/patrols/patrolIndex/patrolInfo": (body) => {
      const { patrols } = cameraOf(body);
      const index = whole(body, "patrolIndex", 1, 8);
      const patrol = patrols.find(({ patrolIndex }) => patrolIndex === index);
      if (patrol === undefined) throw new Refusal("128", "The patrol does not exist");
      return success(patrol);
    },
    "/api/video/v1/patrols/searches": (body) => {
      const { patrols } = cameraOf(body);
      return success({ total: patrols.length, list: patrols });
    },
  };
}

/** Returns a stream URL. Without rtsp_s, only the vendor's players support it. */
function streamResponse(body: Body, kind: string, stream: string, more: object = {}): GatewayResponse {
  const protocol = optionalText(body, "protocol", 16) ?? "rtsp";
  if (!["rtsp", "rtsp_s", "websocket", "rtmp", "hls"].includes(protocol)) {
    throw new Refusal("0x00072002", `protocol ${protocol} is not known`);
  }
  if (protocol === "websocket") whole(body, "requestWebsocketProtocol", 0, 1);
  const url =
    protocol === "rtsp_s"
      ? `${STREAM_SERVER}/EUrl/${kind}${stream.replace(":", "x")}`
      : `[sms:${kind}]${STREAM_SERVER}/hikvision://10.0.0.9:8001:${stream}`;
  return success({ url, authentication: AUTHENTICATION, ...more });
}

function ptzCommand(body: Body, { cameraIndexCode, presets, patrols }: Camera): PtzCommand {
  const action = whole(body, "action", 0, 1);
  const command = text(body, "command", 16).toUpperCase();
  const base = { cameraIndexCode, command, action };
  if (command === "GOTO_PRESET") {
    const presetIndex = whole(body, "presetIndex", 1, 256);
    if (!presets.some((preset) => preset.presetIndex === presetIndex))
      throw new Refusal("128", "no such preset");
    return { ...base, presetIndex };
  }
  if (command === "RUN_PATROL") {
    const patrolIndex = whole(body, "patrolIndex", 1, 8);
    if (!patrols.some((patrol) => patrol.patrolIndex === patrolIndex))
      throw new Refusal("128", "no such patrol");
    return { ...base, patrolIndex };
  }
  if (!MOVES.split(" ").includes(command)) throw new Refusal("0x00072002", `command ${command} is not known`);
  return { ...base, speed: whole(body, "speed", 20, 60) };
}

function patrolPoints(body: Body): Patrol["patrolPointInfoList"] {
  const points = body.patrolPointInfoList;
  if (!Array.isArray(points) || points.length === 0) {
    throw new Refusal("0x00072001", "patrolPointInfoList is required");
  }
  return (points as Body[]).map((point) => ({
    presetIndex: whole(point, "presetIndex", 1, 256),
    speed: whole(point, "speed", 1, 40),
    dwellTime: whole(point, "dwellTime", 15, 30),
  }));
}

function timeOf(body: Body, name: string): number {
  const value = text(body, name, 64);
  if (!ISO_TIME.test(value)) throw new Refusal("0x00072003", `${name} is not like 2018-07-26T15:00:00+08:00`);
  return Date.parse(value);
}

/** Adds an entry, or replaces the entry with the same number. */
function put<Entry>(entries: Entry[], entry: Entry, key: keyof Entry): void {
  const index = entries.findIndex((old) => old[key] === entry[key]);
  entries.splice(index < 0 ? entries.length : index, index < 0 ? 0 : 1, entry);
}

function remove<Entry>(entries: Entry[], key: keyof Entry, value: unknown): void {
  const index = entries.findIndex((entry) => entry[key] === value);
  if (index < 0) throw new Refusal("128", "The request resource does not exist");
  entries.splice(index, 1);
}
