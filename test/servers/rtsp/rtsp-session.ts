import { randomBytes } from "node:crypto";
import type { LiveFrame } from "./live-video";
import { framePayloads, RtpSender } from "./rtp";
import type { RtspTransport } from "./rtsp-transport";
import { clockRateOf, type TrackName } from "./tracks";

const REPORT_EVERY_MS = 5000;

/** One track that a client has set up. */
class SessionTrack {
  readonly sender: RtpSender;
  readonly transport: RtspTransport;
  #reportedAt = -Infinity;

  constructor(transport: RtspTransport, payloadType: number) {
    this.transport = transport;
    this.sender = new RtpSender(payloadType);
  }

  /** @param timestamp in units of the clock of the track */
  send(payloads: Buffer[], timestamp: number): void {
    const now = Date.now();
    if (now - this.#reportedAt >= REPORT_EVERY_MS) {
      this.#reportedAt = now;
      this.transport.rtcp(this.sender.senderReport(now, timestamp));
    }
    for (const packet of this.sender.packets(payloads, timestamp)) this.transport.rtp(packet);
  }
}

/** The tracks of one client. Its video plays from the next keyframe on. */
export class RtspSession {
  readonly id = randomBytes(8).toString("hex").toUpperCase();
  readonly tracks = new Map<TrackName, SessionTrack>();
  playing = false;
  #synchronised = false;

  /** Sets up a track, or replaces its transport. */
  setUp(name: TrackName, transport: RtspTransport, payloadType: number): SessionTrack {
    this.tracks.get(name)?.transport.close();
    const track = new SessionTrack(transport, payloadType);
    this.tracks.set(name, track);
    return track;
  }

  sendFrame(frame: LiveFrame): void {
    const video = this.tracks.get("video");
    if (!this.playing || video === undefined) return;
    // A slow receiver loses frames up to the next keyframe, because frames depend on their predecessors.
    if (video.transport.congested) this.#synchronised = false;
    else if (frame.unit.keyframe) this.#synchronised = true;
    if (this.#synchronised) video.send(framePayloads(frame.unit, frame.coding), frame.timestamp);
  }

  /** @param seconds the seconds since the start of the camera */
  send(track: Exclude<TrackName, "video">, payloads: Buffer[], seconds: number): void {
    if (this.playing) this.tracks.get(track)?.send(payloads, Math.round(seconds * clockRateOf(track)));
  }

  close(): void {
    this.playing = false;
    for (const { transport } of this.tracks.values()) transport.close();
  }
}
