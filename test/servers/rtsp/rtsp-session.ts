import { randomBytes } from "node:crypto";
import type { LivePicture } from "./live-video";
import { RtpSender } from "./rtp";
import type { RtspTransport } from "./rtsp-transport";

const REPORT_EVERY_MS = 5000;

/** One client's video: set up, then playing from the next keyframe on. */
export class RtspSession {
  readonly id = randomBytes(8).toString("hex").toUpperCase();
  readonly sender = new RtpSender();
  readonly transport: RtspTransport;
  playing = false;
  #synchronised = false;
  #reportedAt = -Infinity;

  constructor(transport: RtspTransport) {
    this.transport = transport;
  }

  send(picture: LivePicture): void {
    if (!this.playing) return;
    // A receiver that lags loses pictures up to the next keyframe: a picture without its predecessors is garbage.
    if (this.transport.congested) this.#synchronised = false;
    else if (picture.unit.keyframe) this.#synchronised = true;
    if (!this.#synchronised) return;
    const now = Date.now();
    if (now - this.#reportedAt >= REPORT_EVERY_MS) {
      this.#reportedAt = now;
      this.transport.rtcp(this.sender.senderReport(now, picture.timestamp));
    }
    for (const packet of this.sender.packets(picture.unit, picture.timestamp)) this.transport.rtp(packet);
  }

  close(): void {
    this.playing = false;
    this.transport.close();
  }
}
