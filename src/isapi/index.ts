/** Hikvision ISAPI: one device, its events, and what it can be asked for. */
export * from "../events/shared";
export { IsapiDevice, type DeviceInfo, type IsapiDeviceOptions } from "./device";
export type { DeviceChannel } from "./channels";
export type { ArmedEvent } from "./arming";
export {
  IsapiClient,
  type IsapiAnswer,
  type IsapiClientOptions,
  type IsapiRequest,
  type IsapiResponse,
  type RequestBudget,
} from "./client";
export type { AuthMode } from "./authenticator";
export type { TlsOptions } from "./connections";
export { IsapiError, type ResponseStatus } from "./response-status";
export { discoverDevices, type DiscoveredDevice, type DiscoveryOptions } from "./discovery";
export {
  EventSource as IsapiEventSource,
  type EventSourceHandler as IsapiEventSourceHandler,
  type EventSourceOptions as IsapiEventSourceOptions,
} from "./alerts/event-source";
export type { StreamState } from "./alerts/alert-stream";
export { isapiEventTypes } from "./event-types";
export { SnapshotTaker, type Snapshot, type SnapshotRequest, type StreamChoice } from "./snapshot";
export { PtzController, type PtzCommand, type PtzControllerOptions } from "./ptz/controller";
export type { PtzMotions, PtzUser } from "./ptz/motion";
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
export type { Fields } from "./record";
export type { AudioChannel, Coding } from "./audio/audio-channel";
export { Thermometer } from "./thermal/thermometer";
export { RealtimeThermometry, type RealtimeHandler, type RealtimeOptions } from "./thermal/realtime";
export type { Point, Temperatures, ThermalReading } from "./thermal/readings";
export type { ThermalPicture } from "./thermal/picture";
export { measure, type Area, type Measurement } from "./thermal/measure";
export {
  httpMethods,
  sendRequest,
  type AnswerForm,
  type GenericAnswer,
  type GenericRequest,
  type HttpMethod,
} from "./generic-request";
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
export { runOperation, type OperationAnswer, type OperationRequest } from "./operations/run";
