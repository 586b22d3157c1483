import type { WebhookAnswer } from "../net/webhook";

const contentType = "application/xml";

function reply(status: number, text: string): WebhookAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><config version="1.0" xmlns="http://www.ipc.com/ver10"><status>${text}</status></config>`;
  return { status, contentType, body };
}

/** The answers that cameras understand. Only after `success` does a camera take its post as delivered. */
export const replies = {
  success: reply(200, "success"),
  /** Nothing that sending it again would help. */
  malformed: reply(400, "failed"),
  /** Taken over, but not kept: the archive failed. */
  failed: reply(500, "failed"),
} as const satisfies Record<string, WebhookAnswer>;
