import type { Rig } from "../rig";
import { eventsIn, eventsOut, natsJetstream } from "./events";
import { hcpAlarmOut, hcpConfig, hcpEventIn, hcpRequest } from "./hcp-nodes";
import { inferenceServer } from "./inference-server";
import { isapiAlertstreamIn } from "./isapi-alertstream-in";
import { isapiConfig } from "./isapi-config";
import {
  isapiAudio,
  isapiPtz,
  isapiRecordings,
  isapiRequest,
  isapiSnapshot,
  isapiThermometry,
} from "./isapi-requests";
import { rtspFrames, rtspMetadata } from "./rtsp-nodes";
import { viewtronWebhookIn } from "./viewtron-webhook-in";
import { detectionDraw, detectionRule, eventArchive, yoloDetect } from "./without-network";

/** The rows of the fault matrix. A new node needs a rig here; `faults.test.ts` names the missing ones. */
export const rigs: readonly Rig[] = [
  hcpConfig,
  hcpRequest,
  hcpAlarmOut,
  hcpEventIn,
  isapiConfig,
  isapiAlertstreamIn,
  isapiSnapshot,
  isapiRequest,
  isapiRecordings,
  isapiAudio,
  isapiPtz,
  isapiThermometry,
  rtspFrames,
  rtspMetadata,
  inferenceServer,
  yoloDetect,
  detectionRule,
  detectionDraw,
  viewtronWebhookIn,
  natsJetstream,
  eventsOut,
  eventsIn,
  eventArchive,
];
