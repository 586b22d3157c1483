/** Frequent operations as data: the runtime runs them, and the editor makes its list and form from them. */

export const parameterNames = ["channel", "port", "event", "metadataType", "state"] as const;
export type ParameterName = (typeof parameterNames)[number];

export const switchStates = ["read", "on", "off"] as const;
export type SwitchState = (typeof switchStates)[number];

export interface OperationParameters {
  channel: string;
  /** The number of an alarm output. */
  port: string;
  /** `VMD`, `linedetection` … */
  event: string;
  /** `thermometry` …, one or more, separated by commas; empty: all. */
  metadataType: string;
  state: SwitchState;
}

/** The default of each parameter. */
export const defaultParameters: OperationParameters = {
  channel: "1",
  port: "1",
  event: "VMD",
  metadataType: "",
  state: "read",
};

export interface OperationBase {
  id: string;
  group: "detection" | "alarm" | "stream" | "device";
  parameters: readonly ParameterName[];
  /** Paths with parameters in braces, to try in turn: recorders have other paths than cameras. */
  paths: readonly string[];
}

/** A switch in a document. The document is read, changed only there, and sent back as a whole. */
export interface SwitchOperation extends OperationBase {
  kind: "switch";
  setting: "enabled" | "center" | "metadata";
}

export interface OtherOperation extends OperationBase {
  /** `clock` also changes a document: the device's time. */
  kind: "output" | "clock" | "command";
}

/** Reads a document with this root element. */
export interface ReadOperation extends OperationBase {
  kind: "read";
  root: string;
}

export type Operation = SwitchOperation | ReadOperation | OtherOperation;

/** Returns the operation that switches a detection. */
export const detection = (id: string, ...paths: string[]): SwitchOperation => ({
  id,
  group: "detection",
  kind: "switch",
  setting: "enabled",
  parameters: ["channel", "state"],
  paths,
});

const read = (id: string, path: string, root: string): ReadOperation => ({
  id,
  group: "device",
  kind: "read",
  root,
  parameters: [],
  paths: [path],
});

const change = (id: string, path: string, kind: "command" | "clock"): OtherOperation => ({
  id,
  group: "device",
  kind,
  parameters: [],
  paths: [path],
});

/** Switches the kinds of metadata on the streams of a channel. */
export const metadataOperation: SwitchOperation = {
  id: "metadata",
  group: "stream",
  kind: "switch",
  setting: "metadata",
  parameters: ["channel", "metadataType", "state"],
  paths: ["/ISAPI/Streaming/channels/{channel}/metadata"],
};

/** Sources: the ISAPI guides for cameras, recorders and thermal cameras, and the requests of other clients. */
export const operations: readonly Operation[] = [
  detection(
    "motionDetection",
    "/ISAPI/System/Video/inputs/channels/{channel}/motionDetection",
    "/ISAPI/ContentMgmt/InputProxy/channels/{channel}/video/motionDetection",
  ),
  detection("lineDetection", "/ISAPI/Smart/LineDetection/{channel}"),
  detection("fieldDetection", "/ISAPI/Smart/FieldDetection/{channel}"),
  detection("regionEntrance", "/ISAPI/Smart/regionEntrance/{channel}"),
  detection("regionExiting", "/ISAPI/Smart/regionExiting/{channel}"),
  {
    id: "alarmOutput",
    group: "alarm",
    kind: "output",
    parameters: ["port", "state"],
    paths: ["/ISAPI/System/IO/outputs/{port}", "/ISAPI/ContentMgmt/IOProxy/outputs/{port}"],
  },
  {
    id: "notifyCenter",
    group: "alarm",
    kind: "switch",
    setting: "center",
    parameters: ["event", "channel", "state"],
    paths: ["/ISAPI/Event/triggers/{trigger}/notifications"],
  },
  metadataOperation,
  read("deviceInfo", "/ISAPI/System/deviceInfo", "DeviceInfo"),
  read("deviceStatus", "/ISAPI/System/status", "DeviceStatus"),
  read("time", "/ISAPI/System/time", "Time"),
  change("setTime", "/ISAPI/System/time", "clock"),
  change("reboot", "/ISAPI/System/reboot", "command"),
];

export function findOperation(id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id);
}

/** The names of the triggers that most devices have. */
export const triggerEvents: readonly string[] = [
  ...["VMD", "linedetection", "fielddetection", "regionEntrance", "regionExiting", "tamperdetection"],
  ...["scenechangedetection", "videoloss", "IO", "diskfull", "diskerror", "nicbroken", "illaccess"],
];

/** Events of the device itself, not of a channel. */
const DEVICE_EVENTS = new Set([
  "diskfull",
  "diskerror",
  "nicbroken",
  "ipconflict",
  "illaccess",
  "hdbadblock",
]);

/** Puts the parameters into a path. */
export function fillPath(path: string, parameters: OperationParameters): string {
  const { event, channel } = parameters;
  const isWhole = event.includes("-") || DEVICE_EVENTS.has(event.toLowerCase());
  const values: Record<string, string> = { ...parameters, trigger: isWhole ? event : `${event}-${channel}` };
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "");
}

export interface PlainRequest {
  method: "GET" | "PUT";
  path: string;
  body: string;
}

/**
 * Returns the request of an operation. For an operation that changes a document, it reads the document.
 *
 * @param path one of the operation's paths
 */
export function requestOf(
  operation: Operation,
  parameters: OperationParameters,
  path = operation.paths[0] ?? "",
): PlainRequest {
  const filled = fillPath(path, parameters);
  if (operation.kind === "output") {
    const { state } = parameters;
    if (state === "read") return { method: "GET", path: `${filled}/status`, body: "" };
    const body =
      '<IOPortData version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">' +
      `<outputState>${state === "on" ? "high" : "low"}</outputState></IOPortData>`;
    return { method: "PUT", path: `${filled}/trigger`, body };
  }
  return { method: operation.kind === "command" ? "PUT" : "GET", path: filled, body: "" };
}
