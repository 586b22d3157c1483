import { choice, custom, reference, text } from "../kit/option-kinds";

const number = { pattern: /^([1-9]\d{0,4})?$/ };

export const options = {
  device: reference("isapi-config"),
  /** Empty: a request of the user's own; `msg`: the message names the operation. */
  operation: text(""),
  event: text("VMD"),
  channel: text("1", number),
  /** Of an alarm output. */
  port: text("1", number),
  metadataType: text(""),
  /** `read`, `on`, `off`, or `payload`: by the message's payload. An environment variable may hold true or false. */
  state: text("read"),
  method: choice("GET", ["GET", "PUT", "POST", "DELETE"]),
  /** A blank path is an error and does not mean the default. */
  path: custom("/ISAPI/System/deviceInfo"),
  /** Sent with PUT and POST, instead of the payload. */
  body: text(""),
  ret: choice("auto", ["auto", "txt", "bin"]),
  /** Where the response is saved. */
  file: text(""),
};
