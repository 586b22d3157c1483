import { choice, flag, number, reference, text, when } from "../kit/option-kinds";

export const options = {
  server: reference("hcp-config"),
  transport: choice("tcp", ["tcp", "udp", "openapi"]),
  /** Default: the server's host. */
  host: text(""),
  port: when("transport", ["tcp", "udp"], number("", { min: 1, max: 65_535, whole: true })),
  /** HikCentral accepts 32 characters, and a quotation mark would end the expression of the rule. */
  rule: text("Node-RED alarm", { required: true, pattern: /^[^"]{1,32}$/, blank: "" }),
  path: text(""),
  template: text(""),
  resend: when("transport", ["tcp", "udp"], flag(false)),
};
