import { SurveillanceError } from "../../errors";
import { IsapiError } from "../response-status";

/** Where one channel's PTZ is controlled: lens drives that are no part of PTZ lie elsewhere. */
export interface PtzPaths {
  control: string;
  focus: string;
  iris: string;
}

/** A camera's own PTZ, then the one of a camera behind a recorder. Source: ISAPI guide, PTZ service; recorders' proxy. */
export function ptzPaths(channel: string): PtzPaths[] {
  const input = `/ISAPI/System/Video/inputs/channels/${channel}`;
  const proxied = `/ISAPI/ContentMgmt/InputProxy/channels/${channel}/video`;
  return [
    { control: `/ISAPI/PTZCtrl/channels/${channel}`, focus: `${input}/focus`, iris: `${input}/iris` },
    {
      control: `/ISAPI/ContentMgmt/PTZCtrlProxy/channels/${channel}`,
      focus: `${proxied}/focus`,
      iris: `${proxied}/iris`,
    },
  ];
}

/** "Invalid operation" and "invalid content": how recorders say that a channel is not their own. */
const NOT_HERE = new Set(["4", "6"]);

/** Whether the device means "not on this path", rather than "not now" or "not you". */
export function mayBeElsewhere(thrown: unknown): thrown is SurveillanceError {
  if (!(thrown instanceof SurveillanceError)) return false;
  if (thrown.code === "ISAPI_NOT_FOUND") return true;
  if (!(thrown instanceof IsapiError) || /privilege|authorization/i.test(thrown.subStatusCode ?? ""))
    return false;
  return (
    (thrown.code === "ISAPI_STATUS" || thrown.code === "ISAPI_FORBIDDEN") &&
    NOT_HERE.has(thrown.statusCode ?? "")
  );
}
