import { choice, custom, reference, text } from "../kit/option-kinds";

export const options = {
  server: reference("hcp-config"),
  /** Id of an operation of the catalogue, or `custom`. */
  operation: text("custom"),
  path: text(""),
  /** A typed input with `bodyType`. */
  body: custom("payload"),
  bodyType: text("msg"),
  paging: choice("off", ["off", "all", "pages"]),
};
