/** Parameters that several operations of section 5.3 share. */
import { id, textChoice } from "../define";

export const siteId = id("siteIndexCode", "ID of the site; the current site if omitted");

export const deviceTypes = textChoice(
  "deviceType",
  "Kinds of device, separated by commas",
  { encodeDevice: "encoding devices", mobileDevice: "mobile devices", acsDevice: "access control devices" },
  { maxLength: 128, separator: ",", default: "encodeDevice" },
);
