/** Hikvision ISAPI: devices, their events, and their operations. */
export * from "../events/shared";
export { IsapiDevice, type DeviceInfo, type IsapiDeviceOptions } from "./device/device";
export type { DeviceChannel } from "./device/channels";
export type { ArmedEvent } from "./device/arming";
export { IsapiClient, type IsapiClientOptions } from "./connection/client";
export type {
  BufferedResponse,
  ConnectionUse,
  IsapiRequest,
  IsapiResponse,
  RequestBudget,
} from "./connection/messages";
export type { AuthMode } from "./connection/authenticator";
export type { TlsOptions } from "./connection/connections";
export { IsapiError, type ResponseStatus } from "./connection/response-status";
export { discoverDevices, type DiscoveredDevice, type DiscoveryOptions } from "./device/discovery";
export { IsapiEventSource, type IsapiEvent, type IsapiEventSourceOptions } from "./alerts/event-source";
export type { EventFilterOptions } from "./alerts/event-filter";
export { isapiEventTypes } from "./documents/event-types";
export { SnapshotTaker, type Snapshot, type SnapshotRequest, type StreamChoice } from "./request/snapshot";
export { PtzController, type PtzCommand } from "./ptz/controller";
export type { PtzUser } from "./ptz/motion";
export type { Axes } from "./ptz/limits";
export type { PtzPatrol, PtzPosition, PtzPreset } from "./ptz/documents";
export {
  Recordings,
  type RecordingsOptions,
  type SavedRecording,
  type SaveOptions,
  type TimeSpan,
} from "./recordings/recordings";
export {
  isDownloadable,
  recordingOf,
  type DownloadableRecording,
  type Recording,
} from "./recordings/recording";
export type { TimeBase } from "./recordings/device-clock";
export type { Progress } from "./recordings/download";
export type { SearchResult } from "./recordings/search";
export {
  TwoWayAudio,
  type PlayedClip,
  type SpeakOptions,
  type TwoWayAudioOptions,
} from "./audio/two-way-audio";
export type { Fields } from "../core/fields";
export type { AudioChannel, Codec } from "./audio/audio-channel";
export { Thermometer } from "./thermal/thermometer";
export { RealtimeThermometry, type RealtimeOptions, type RealtimeUpload } from "./thermal/realtime";
export type { Point, Temperatures, ThermalReading } from "./thermal/readings";
export type { ThermalImage } from "./thermal/image";
export { measure, type Area, type Measurement } from "./thermal/measure";
export {
  httpMethods,
  sendRequest,
  type ResponseFormat,
  type GenericResponse,
  type GenericRequest,
  type HttpMethod,
} from "./request/generic-request";
export {
  findOperation,
  operations,
  parameterNames,
  switchStates,
  type Operation,
  type OperationBase,
  type OperationParameters,
  type OtherOperation,
  type ParameterName,
  type ReadOperation,
  type SwitchOperation,
  type SwitchState,
} from "./operations/catalogue";
export { runOperation, type OperationRequest, type OperationResponse } from "./operations/run";
