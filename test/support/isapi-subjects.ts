import type { NodeInitializer } from "node-red";
import isapiAudio from "../../nodes/isapi-audio/runtime";
import isapiPtz from "../../nodes/isapi-ptz/runtime";
import isapiRecordings from "../../nodes/isapi-recordings/runtime";
import isapiRequest from "../../nodes/isapi-request/runtime";
import isapiSnapshot from "../../nodes/isapi-snapshot/runtime";
import isapiThermometry from "../../nodes/isapi-thermometry/runtime";
import { jpeg } from "../servers/isapi/alerts";
import { SimulatedPtz } from "../servers/isapi/ptz";
import { addRecorder } from "../servers/isapi/recordings";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedThermalCamera } from "../servers/isapi/thermal";
import { addSpeaker } from "../servers/isapi/two-way-audio";
import type { SimulatedDevice } from "../servers/isapi-device";
import { allFailures, breakdowns, otherDocuments, refusals, silences, type Failure } from "./isapi-failures";
import { recordedSpan, tenMinutes } from "./recorder-scene";
import { tone } from "./wav";

/** A request of a node to its device, after a message. */
export interface Task {
  what: string;
  msg: object;
  /** The path of the request that fails. */
  failingPath: string;
  failures?: Failure[];
}

export interface Subject {
  type: string;
  initializer: NodeInitializer;
  config: object;
  /** Adds the functions to the device that the node needs. */
  equip: (device: SimulatedDevice) => void;
  tasks: Task[];
  /** Messages with wrong settings, which the node must not send to the device. */
  wrongMessages: object[];
}

const THERMOMETRY = "/ISAPI/Thermal/channels/2/thermometry";
const SPEAKER = "/ISAPI/System/TwoWayAudio/channels";

/** A clock that puts the recording into the requested time span. */
const anHourAhead = (): string => `${new Date(Date.now() + 3600_000).toISOString().slice(0, 19)}+01:00`;

/** The nodes that send requests to a device after a message. */
export const subjects: Subject[] = [
  {
    type: "isapi-snapshot",
    initializer: isapiSnapshot,
    config: { channel: "101" },
    equip: (device) => {
      const body = jpeg(2000);
      const image = { status: 200, type: "image/jpeg", body };
      device.handlers.set("/ISAPI/Streaming/channels/101/picture", () => image);
      // The node also tries these paths.
      const fallbackPaths = [
        "/ISAPI/Streaming/channels/1/picture",
        "/ISAPI/ContentMgmt/StreamingProxy/channels/101/picture",
      ];
      for (const path of fallbackPaths) device.handlers.set(path, () => ({ status: 404 }));
    },
    tasks: [
      {
        what: "taking a snapshot",
        msg: {},
        failingPath: "/ISAPI/Streaming/channels/101/picture",
      },
    ],
    wrongMessages: [{ channel: "x" }, { width: 0 }, { stream: "fourth" }],
  },
  {
    type: "isapi-ptz",
    initializer: isapiPtz,
    config: { channel: "1", command: "status" },
    equip: (device) => new SimulatedPtz(device),
    tasks: [
      { what: "moving", msg: { command: "left" }, failingPath: "/ISAPI/PTZCtrl/channels/1/continuous" },
      {
        what: "momentary",
        msg: { command: "momentary" },
        failingPath: "/ISAPI/PTZCtrl/channels/1/momentary",
      },
      {
        what: "focusing",
        msg: { command: "focus" },
        failingPath: "/ISAPI/System/Video/inputs/channels/1/focus",
      },
      {
        what: "going to a preset",
        msg: { command: "gotoPreset", preset: 1 },
        failingPath: "/ISAPI/PTZCtrl/channels/1/presets/1/goto",
      },
      {
        what: "starting a patrol",
        msg: { command: "startPatrol", patrol: 1 },
        failingPath: "/ISAPI/PTZCtrl/channels/1/patrols/1/start",
      },
      { what: "position", msg: { command: "status" }, failingPath: "/ISAPI/PTZCtrl/channels/1/status" },
      {
        what: "list of presets",
        msg: { command: "presets" },
        failingPath: "/ISAPI/PTZCtrl/channels/1/presets",
      },
      {
        what: "list of patrols",
        msg: { command: "patrols" },
        failingPath: "/ISAPI/PTZCtrl/channels/1/patrols",
      },
      {
        what: "limits",
        msg: { command: "capabilities" },
        failingPath: "/ISAPI/PTZCtrl/channels/1/capabilities",
        // The limits of the guide are valid for a channel without limits of its own.
        failures: allFailures.filter(({ code }) => code !== "ISAPI_NOT_FOUND"),
      },
    ],
    wrongMessages: [
      { command: "dance" },
      { command: "left", duration: 0 },
      { command: "left", channel: "../1" },
      { command: "continuous", pan: 101 },
      { command: "gotoPreset", preset: 21 },
      { command: "gotoPreset", preset: "home" },
      { command: "startPatrol", patrol: 5 },
      { command: "absolute", pan: 400, tilt: 0, zoom: 1 },
    ],
  },
  {
    type: "isapi-recordings",
    initializer: isapiRecordings,
    config: recordedSpan,
    equip: (device) => addRecorder(device, { stored: tenMinutes(1), localTime: anHourAhead }),
    tasks: [
      { what: "search", msg: { action: "search" }, failingPath: "/ISAPI/ContentMgmt/search" },
      { what: "playback URL", msg: { action: "playbackUrl" }, failingPath: "/ISAPI/System/time" },
      {
        what: "download",
        msg: { action: "download" },
        failingPath: "/ISAPI/ContentMgmt/download",
        // The node cannot tell whether bytes are a recording.
        failures: [...refusals, ...breakdowns, ...otherDocuments],
      },
    ],
    wrongMessages: [{ action: "destroy" }, { track: "x" }, { start: "soon" }, { end: recordedSpan.start }],
  },
  {
    type: "isapi-audio",
    initializer: isapiAudio,
    config: {},
    equip: (device) => addSpeaker(device),
    tasks: [
      { what: "list of channels", msg: { action: "status" }, failingPath: SPEAKER },
      { what: "setting the volume", msg: { action: "volume", volume: 30 }, failingPath: `${SPEAKER}/1` },
      { what: "opening", msg: { action: "open" }, failingPath: `${SPEAKER}/1/open` },
      { what: "request for the codec", msg: { payload: tone(0.05) }, failingPath: `${SPEAKER}/1` },
      { what: "opening for a clip", msg: { payload: tone(0.05) }, failingPath: `${SPEAKER}/1/open` },
      {
        what: "talking",
        msg: { payload: tone(0.05) },
        failingPath: `${SPEAKER}/1/audioData`,
        // The node does not read the body of the response.
        failures: [...refusals, ...silences],
      },
    ],
    wrongMessages: [{ action: "sing" }, { action: "volume", volume: 101 }, { action: "open", channel: "x" }],
  },
  {
    type: "isapi-thermometry",
    initializer: isapiThermometry,
    config: { channel: "2", mode: "manual" },
    equip: (device) => new SimulatedThermalCamera(device),
    tasks: [
      { what: "capabilities", msg: { mode: "image" }, failingPath: "/ISAPI/Thermal/capabilities" },
      { what: "unit", msg: {}, failingPath: `${THERMOMETRY}/basicParam` },
      { what: "measurement", msg: {}, failingPath: `${THERMOMETRY}/1/rulesTemperatureInfo` },
      { what: "image", msg: { mode: "image" }, failingPath: `${THERMOMETRY}/jpegPicWithAppendData` },
      {
        what: "measurement of a point",
        msg: { point: { x: 0.5, y: 0.5 } },
        failingPath: `${THERMOMETRY}/jpegPicWithAppendData`,
      },
    ],
    wrongMessages: [
      { mode: "guess" },
      { mode: "realtime" },
      { channel: "x" },
      { point: { x: 2, y: 0 } },
      { region: { x: 0, y: 0 } },
    ],
  },
  {
    type: "isapi-request",
    initializer: isapiRequest,
    config: { operation: "msg" },
    equip: (device) => new SimulatedSettings(device),
    tasks: [
      {
        what: "switching",
        msg: { operation: "lineDetection", state: "on" },
        failingPath: "/ISAPI/Smart/LineDetection/1",
      },
      {
        what: "switching an output",
        msg: { operation: "alarmOutput", state: "on" },
        failingPath: "/ISAPI/System/IO/outputs/1/trigger",
      },
      {
        what: "state of an output",
        msg: { operation: "alarmOutput", state: "read" },
        failingPath: "/ISAPI/System/IO/outputs/1/status",
      },
      { what: "setting the clock", msg: { operation: "setTime" }, failingPath: "/ISAPI/System/time" },
      { what: "reading a document", msg: { operation: "deviceStatus" }, failingPath: "/ISAPI/System/status" },
    ],
    wrongMessages: [
      {},
      { operation: "motionDetecton" },
      { operation: "reboot" },
      { operation: "lineDetection", channel: "1/../2" },
      { operation: "lineDetection", state: "maybe" },
      { operation: "alarmOutput", output: "x" },
      { operation: "notifyCenter", trigger: "VMD/x" },
      { operation: "setTime", time: "noon" },
    ],
  },
];
