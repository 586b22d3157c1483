import type { WebhookResponse } from "../net/webhook/listener";

const contentType = "application/xml";

function responseOf(status: number, text: string): WebhookResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?><config version="1.0" xmlns="http://www.ipc.com/ver10"><status>${text}</status></config>`;
  return { status, contentType, body };
}

/** The responses that cameras support. A camera regards its post as delivered only after `success`. */
export const responses = {
  success: responseOf(200, "success"),
  /** Sending the post again would not help. */
  malformed: responseOf(400, "failed"),
  /** The post is valid, but the archive could not store it. */
  failed: responseOf(500, "failed"),
  /** The post is valid, but its events were not stored in time. */
  notStored: responseOf(503, "failed"),
} as const satisfies Record<string, WebhookResponse>;

/** Bytes. Posts usually have 510 to 770 KB; four images of a 4K camera fit as well. */
export const MAX_BODY = 16 * 1024 * 1024;

/** The paths of firmware with settings for address and port, but not for the path. */
export const legacyPaths = [
  "/SendKeepalive",
  "/SendAlarmStatus",
  "/SendAlarmData",
  "/SubscribeTimeOut",
] as const;
