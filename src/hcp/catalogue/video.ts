/** Guide, section 5.4. */
import {
  choice,
  fields,
  id,
  idList,
  inHeader,
  number,
  objectList,
  pageParameters,
  required,
  section,
  text,
  textChoice,
  time,
} from "./define";
import { patrol } from "./results";

const { operation, pagedOperation } = section("5.4", "Video");

const camera = required(id("cameraIndexCode", "ID of the camera"));
const domain = inHeader(number("domainId", "ID of the network domain"));
const transport = choice(
  "transmode",
  "Transport of the stream",
  { 0: "UDP", 1: "TCP" },
  // The example for playback has it as a text.
  { default: 1, accepts: ["string"] },
);
// The tables name rtsp, rtsp_s and websocket; the data dictionary (A.3) has rtmp and hls, too.
const protocol = textChoice(
  "protocol",
  "Protocol of the stream",
  {
    rtsp: "RTSP for the vendor's player",
    rtsp_s: "standard RTSP",
    websocket: "WebSocket for the vendor's player in a browser",
    rtmp: "RTMP",
    hls: "HLS",
  },
  { maxLength: 16, default: "rtsp" },
);
const websocketKind = choice(
  "requestWebsocketProtocol",
  "Kind of WebSocket",
  { 0: "ws", 1: "wss" },
  { requiredWhen: { parameter: "protocol", values: ["websocket"] } },
);
const patrolIndex = number("patrolIndex", "Number of the patrol", { min: 1, max: 8 });
const presetIndex = number("presetIndex", "Number of the preset", { min: 1, max: 256 });

/** Commands that require a speed; presets and patrols have a stored speed. */
const directions = {
  LEFT: "pan left",
  RIGHT: "pan right",
  UP: "tilt up",
  DOWN: "tilt down",
  ZOOM_IN: "zoom in",
  ZOOM_OUT: "zoom out",
  LEFT_UP: "pan left and tilt up",
  LEFT_DOWN: "pan left and tilt down",
  RIGHT_UP: "pan right and tilt up",
  RIGHT_DOWN: "pan right and tilt down",
  FOCUS_NEAR: "focus nearer",
  FOCUS_FAR: "focus farther",
  // The operation's table spells it like this, the data dictionary (A.3) like the line above.
  FOUCS_FAR: "focus farther",
  IRIS_ENLARGE: "open the iris",
  IRIS_REDUCE: "close the iris",
};
const commands = { ...directions, GOTO_PRESET: "go to a preset", RUN_PATROL: "run a patrol" };

export const videoOperations = [
  operation("/api/aiapplication/v1/people/statisticsTotalNumByTime", {
    summary: "Count the people who passed cameras, by minute, hour, day or month",
    parameters: [
      ...pageParameters,
      required(
        idList("cameraIndexCodes", "IDs of cameras, separated by commas", { maxLength: 1024, maxItems: 10 }),
      ),
      required(
        choice("statisticsType", "Length of one count", { 0: "hour", 1: "day", 2: "month", 4: "minute" }),
      ),
      required(time("startTime", "Count from")),
      required(time("endTime", "Count until")),
    ],
    timeWindow: { begin: "startTime", end: "endTime" },
    // `completeness` instead of a total.
    paging: { pageNo: "pageNo", pageSize: "pageSize", list: "list" },
    example: {
      pageNo: 1,
      pageSize: 100,
      cameraIndexCodes: "31,32",
      statisticsType: 0,
      startTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-02T00:00:00+01:00",
    },
    result: [
      ...fields("completeness pageNo pageSize"),
      ...fields("time cameraIndexCode exitNum enterNum", "list[]."),
    ],
  }),
  operation("/api/aiapplication/v1/people/resourceGroupRealTimeCount", {
    summary: "Count the people who are in resource groups now",
    parameters: [
      required(
        idList("resourceGroupIndexCodes", "IDs of resource groups, separated by commas", {
          maxLength: 1024,
          maxItems: 10,
        }),
      ),
    ],
    example: { resourceGroupIndexCodes: "2" },
    result: fields("time resourceGroupIndexCode resourceGroupName exitNum enterNum limitNum", "list[]."),
  }),
  pagedOperation("/api/aiapplication/v1/people/advance/resourceGroupList", {
    summary: "List or find resource groups for people counting",
    parameters: [
      id("siteIndexCode", "ID of the site"),
      text("name", "Name of the resource group"),
      idList("resourceGroupIndexCodes", "IDs of resource groups, separated by commas"),
    ],
    example: { pageNo: 1, pageSize: 50 },
    members: [
      ...fields("resourceGroupIndexCode resourceGroupName siteIndexCode"),
      ...fields(
        "resourceType resourceIndexCode resourceName entryExitConfig",
        "peopleCountingParam.relatedResourceInfoList[].",
      ),
    ],
  }),
  operation("/api/video/v1/cameras/playbackURLs", {
    summary: "Get the playback address of recorded video",
    parameters: [
      domain,
      camera,
      required(
        textChoice("recordType", "Recording to play", { 0: "main", 1: "auxiliary" }, { maxLength: 32 }),
      ),
      protocol,
      transport,
      required(time("beginTime", "Video from")),
      required(time("endTime", "Video until, at most three days later")),
      text("uuid", "Handle from the previous response, to get the next part", { maxLength: 64 }),
      websocketKind,
    ],
    timeWindow: { begin: "beginTime", end: "endTime", maxDays: 3 },
    example: {
      cameraIndexCode: "31",
      recordType: "0",
      protocol: "rtsp_s",
      transmode: 1,
      beginTime: "2024-03-01T08:00:00+01:00",
      endTime: "2024-03-01T09:00:00+01:00",
    },
    result: [
      ...fields("beginTime endTime size url authentication", "list[]."),
      ...fields("uuid url authentication recordLocation"),
    ],
  }),
  operation("/api/video/v1/cameras/previewURLs", {
    summary: "Get the address of live video",
    parameters: [
      domain,
      camera,
      choice("streamType", "Stream", { 0: "main stream", 1: "sub-stream" }, { default: 0 }),
      protocol,
      transport,
      websocketKind,
    ],
    example: { cameraIndexCode: "31", streamType: 1, protocol: "rtsp_s", transmode: 1 },
    result: ["url", "authentication"],
  }),
  operation("/api/video/v1/cameras/talkURLs", {
    summary: "Get the address for two-way audio",
    parameters: [domain, camera, transport],
    example: { cameraIndexCode: "31", transmode: 1 },
    result: ["url", "authentication"],
  }),
  operation("/api/video/v1/patrols/addition", {
    summary: "Add a patrol to a camera",
    parameters: [
      camera,
      text("patrolName", "Name of the patrol", { maxLength: 128 }),
      required(patrolIndex),
      required(
        objectList("patrolPointInfoList", "Presets in the order of the patrol", [
          required(presetIndex),
          text("presetName", "Name of the preset", { maxLength: 32 }),
          required(number("speed", "Speed of the movement to the preset", { min: 1, max: 40 })),
          required(number("dwellTime", "Time at the preset, seconds", { min: 15, max: 30 })),
        ]),
      ),
    ],
    response: "nothing",
    example: {
      cameraIndexCode: "31",
      patrolName: "Fence",
      patrolIndex: 2,
      patrolPointInfoList: [
        { presetIndex: 1, speed: 20, dwellTime: 15 },
        { presetIndex: 4, speed: 20, dwellTime: 30 },
      ],
    },
  }),
  operation("/api/video/v1/patrols/deletion", {
    summary: "Delete a patrol of a camera",
    parameters: [camera, required(patrolIndex)],
    response: "nothing",
    example: { cameraIndexCode: "31", patrolIndex: 2 },
  }),
  operation("/api/video/v1/patrols/patrolIndex/patrolInfo", {
    summary: "Read one patrol of a camera",
    parameters: [camera, required(patrolIndex)],
    example: { cameraIndexCode: "31", patrolIndex: 2 },
    result: patrol,
  }),
  operation("/api/video/v1/patrols/searches", {
    summary: "List the patrols of a camera",
    parameters: [camera],
    example: { cameraIndexCode: "31" },
    result: ["total", ...patrol.map((name) => `list[].${name}`)],
  }),
  operation("/api/video/v1/presets/addition", {
    summary: "Store the current view of the camera as a preset",
    parameters: [
      camera,
      required(text("presetName", "Name of the preset", { maxLength: 128 })),
      required(presetIndex),
    ],
    response: "nothing",
    example: { cameraIndexCode: "31", presetName: "Gate", presetIndex: 4 },
  }),
  operation("/api/video/v1/presets/deletion", {
    summary: "Delete a preset of a camera",
    parameters: [camera, required(presetIndex)],
    response: "nothing",
    example: { cameraIndexCode: "31", presetIndex: 4 },
  }),
  operation("/api/video/v1/presets/searches", {
    summary: "List the presets of a camera",
    parameters: [camera],
    example: { cameraIndexCode: "31" },
    result: ["total", ...fields("presetName presetIndex", "list[].")],
  }),
  operation("/api/video/v1/ptzs/controlling", {
    summary: "Move a camera, zoom, focus, go to a preset or run a patrol",
    parameters: [
      camera,
      required(choice("action", "Begin or end the movement", { 0: "start", 1: "stop" })),
      required(textChoice("command", "Movement", commands, { ignoreCase: true, maxLength: 16 })),
      number("speed", "Speed of the movement", {
        min: 20,
        max: 60,
        default: 40,
        requiredWhen: { parameter: "command", values: Object.keys(directions) },
      }),
      { ...presetIndex, requiredWhen: { parameter: "command", values: ["GOTO_PRESET"] } },
      // With a capital P in the example, whose command does not require it.
      {
        ...patrolIndex,
        alsoNamed: ["PatrolIndex"],
        requiredWhen: { parameter: "command", values: ["RUN_PATROL"] },
      },
    ],
    response: "nothing",
    example: { cameraIndexCode: "31", action: 0, command: "LEFT_UP", speed: 40 },
  }),
];
