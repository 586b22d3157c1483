/** The defaults of the settings. The editor shows them, so this file imports nothing. */

/** The guide lists every operation below this context path. The signature includes it. */
export const DEFAULT_CONTEXT_PATH = "/artemis";
/** The timeout of a request in seconds. */
export const DEFAULT_TIMEOUT = 10;
/** Requests that are sent at the same time. */
export const DEFAULT_CONCURRENCY = 8;
/** Requests of one user that wait for their turn. */
export const DEFAULT_PENDING = 10_000;

/** The port on which HikCentral receives generic events over TCP and UDP (the vendor's how-to). */
export const DEFAULT_GENERIC_EVENT_PORT = 15300;
/** The path for alarms over the OpenAPI, below the context path. */
export const DEFAULT_ALARM_PATH = "/api/v1/alarms";
/** The template for generic events. */
export const DEFAULT_TEXT =
  "{{rule}} | {{payload.type}} | {{payload.targets.0.label}} | {{payload.targets.0.score}} | " +
  "{{payload.device.name}} | {{payload.channel.id}} | {{payload.time}}";
/** The template for alarms over the OpenAPI. */
export const DEFAULT_BODY = JSON.stringify({
  alarmType: "{{rule}}",
  cameraID: "{{payload.device.name}}",
  channelID: "{{payload.channel.id}}",
  timestamp: "{{payload.time}}",
  description: "{{payload.type}} {{payload.targets.0.label}}",
});
