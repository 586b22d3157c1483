/**
 * What a setting holds where nobody has chosen anything: for a node that was just added, and for one out of a flow that
 * is older than the setting. The dialogs begin with these values, and `registerNode` puts them in for settings that a
 * flow does not have, so that both always mean the same. Kept as the editor saves them: numbers are text.
 */

export const detectionDraw = { labels: "", zones: [] };

const detectionRule = {
  labels: "person",
  zones: [],
  zoneTest: "bottomCentre",
  minScore: "0.5",
  hits: "3",
  window: "5",
  cooldown: "30",
  endAfter: "5",
  trackSeconds: "10",
  eventType: "intrusion",
  deriveNoHelmet: false,
  personLabels: "person",
  helmetLabels: "helmet, hardhat, hard-hat, hard hat",
  minPersonHeight: "10",
};

export const eventArchive = {
  folder: "surveillance-archive",
  csv: true,
  csvSeparator: ",",
  images: true,
  raw: false,
  retainDays: "",
  maxBytes: "",
};

/** Where a node that is posted to listens. */
const webhook = { listen: "node-red", port: "", tls: "", trustedProxies: "" };

export const isapiAlertstreamIn = {
  device: "",
  eventTypes: "",
  channels: "",
  targets: "",
  endAfter: "5",
  updates: false,
  heartbeats: false,
  images: true,
  offlineEvents: false,
  maxBackoff: "10",
  raw: false,
};

export const isapiAudio = {
  device: "",
  channel: "1",
  action: "play",
  volume: "",
  file: "",
  takeOver: false,
  ffmpeg: "",
};

export const isapiConfig = {
  url: "",
  auth: "auto",
  tls: "",
  verifyTls: true,
  fingerprint: "",
  timeout: "10",
};

export const isapiPtz = {
  device: "",
  channel: "1",
  command: "gotoPreset",
  pan: "",
  tilt: "",
  zoom: "",
  speed: "50",
  duration: "1",
  preset: "1",
  presetName: "",
  patrol: "1",
};

export const isapiRecordings = {
  device: "",
  action: "search",
  track: "101",
  start: "",
  end: "",
  recordType: "all",
  output: "list",
  folder: "",
  format: "original",
  clock: "device",
  rtspPort: "",
  ffmpeg: "",
};

export const isapiRequest = {
  device: "",
  operation: "",
  event: "VMD",
  channel: "1",
  port: "1",
  metadataType: "",
  state: "read",
  method: "GET",
  path: "/ISAPI/System/deviceInfo",
  body: "",
  ret: "auto",
  file: "",
};

const isapiSnapshot = { device: "", channel: "101", stream: "main", width: "", height: "" };

export const isapiThermometry = { device: "", channel: "2", mode: "realtime", raw: false };

/** What a node that opens a stream has to know of it. */
const stream = {
  source: "url",
  url: "",
  device: "",
  rtspPort: "554",
  transport: "tcp",
  autostart: true,
  stallTimeout: "10",
  maxBackoff: "10",
  ffmpeg: "",
};

export const rtspFrames = {
  ...stream,
  channel: "101",
  fps: "1",
  width: "",
  height: "",
  format: "jpeg",
  hwaccel: "",
  record: "off",
  recordFolder: "",
  preRoll: "5",
  postRoll: "10",
  segment: "300",
  keepGigabytes: "10",
  audio: false,
};

export const rtspMetadata = {
  ...stream,
  // A thermal camera's second channel is the thermal one.
  channel: "201",
  enable: true,
  threshold: "",
  endAfter: "5",
  raw: false,
};

export const viewtronWebhookIn = {
  ...webhook,
  path: "/viewtron",
  allow: "",
  statuses: true,
  tracks: false,
  tracksPerSecond: "1",
  heartbeats: false,
  raw: false,
};

export const yoloDetect = {
  model: "",
  labels: "",
  confidence: "0.25",
  iou: "0.45",
  classes: "",
  maxDetections: "300",
  workers: "1",
  threads: "",
  provider: "cpu",
  queue: "latest",
  queueSize: "10",
};

/** The defaults by node type. */
export const nodeDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "detection-draw": detectionDraw,
  "detection-rule": detectionRule,
  "event-archive": eventArchive,
  "isapi-alertstream-in": isapiAlertstreamIn,
  "isapi-audio": isapiAudio,
  "isapi-config": isapiConfig,
  "isapi-ptz": isapiPtz,
  "isapi-recordings": isapiRecordings,
  "isapi-request": isapiRequest,
  "isapi-snapshot": isapiSnapshot,
  "isapi-thermometry": isapiThermometry,
  "rtsp-frames": rtspFrames,
  "rtsp-metadata": rtspMetadata,
  "viewtron-webhook-in": viewtronWebhookIn,
  "yolo-detect": yoloDetect,
};
