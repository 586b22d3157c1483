import type { WebhookResponse } from "../net/webhook";

const contentType = "application/xml";

function responseOf(status: number, text: string): WebhookResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?><config version="1.0" xmlns="http://www.ipc.com/ver10"><status>${text}</status></config>`;
  return { status, contentType, body };
}

/** The answers that cameras understand. Only after `success` does a camera take its post as delivered. */
export const responses = {
  success: responseOf(200, "success"),
  /** Nothing that sending it again would help. */
  malformed: responseOf(400, "failed"),
  /** Taken over, but not kept: the archive failed. */
  failed: responseOf(500, "failed"),
} as const satisfies Record<string, WebhookResponse>;

/** Usual posts have 510 to 770 KB; four pictures of a 4K camera stay below this, too. */
export const MAX_BODY = 16 * 1024 * 1024;

/** Where firmware posts to that lets its user enter an address and a port, but no path. */
export const legacyPaths = [
  "/SendKeepalive",
  "/SendAlarmStatus",
  "/SendAlarmData",
  "/SubscribeTimeOut",
] as const;
