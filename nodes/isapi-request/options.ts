import { choice, custom, reference, text } from "../kit/option-kinds";

const number = { pattern: /^([1-9]\d{0,4})?$/ };

export const options = {
  device: reference("isapi-config"),
  /** Empty: a free request; `msg`: the operation of the message. */
  operation: text(""),
  event: text("VMD"),
  channel: text("1", number),
  /** The number of an alarm output. */
  port: text("1", number),
  metadataType: text(""),
  /** `read`, `on`, `off`, or `payload` for the message's payload. An environment variable may contain true or false. */
  state: text("read"),
  method: choice("GET", ["GET", "PUT", "POST", "DELETE"]),
  /** An empty path is an error and does not mean the default. */
  path: custom("/ISAPI/System/deviceInfo"),
  /** The body for PUT and POST, instead of the payload. */
  body: text(""),
  ret: choice("auto", ["auto", "txt", "bin"]),
  /** The path of a file to save the response to. */
  file: text(""),
};
