import type { Format } from "../support/format";
import { csv, genericEvent } from "./archive";
import { authorization, digest, status } from "./auth";
import { hcpPost, hcpReply } from "./hcp";
import { deepstack, kserve } from "./inference";
import { jpeg, pam, ts } from "./images";
import { alert, multipart } from "./isapi";
import { onnx } from "./onnx";
import { metadata, rtsp, thermal } from "./rtsp";
import { envelope } from "./store";
import { texts, viewtron } from "./viewtron";

/** All formats that reach the package from outside. */
export const formats: readonly Format[] = [
  ...[multipart, alert, status, digest, thermal, metadata, rtsp, viewtron, texts, authorization],
  ...[hcpPost, hcpReply, jpeg, pam, ts, onnx, genericEvent, csv, envelope, kserve, deepstack],
];
