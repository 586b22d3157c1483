/** What an alarm output does unless told otherwise. The editor shows these, so this file imports nothing. */

/** Where HikCentral listens for generic events, TCP and UDP, unless somebody changed it (vendor's how-to). */
export const GENERIC_EVENT_PORT = 15300;

/** Below the context path. */
export const DEFAULT_ALARM_PATH = "/api/v1/alarms";

export const DEFAULT_TEXT =
  "{{rule}} | {{payload.type}} | {{payload.targets.0.label}} | {{payload.targets.0.score}} | " +
  "{{payload.device.name}} | {{payload.channel.id}} | {{payload.time}}";

export const DEFAULT_BODY = JSON.stringify({
  alarmType: "{{rule}}",
  cameraID: "{{payload.device.name}}",
  channelID: "{{payload.channel.id}}",
  timestamp: "{{payload.time}}",
  description: "{{payload.type}} {{payload.targets.0.label}}",
});
