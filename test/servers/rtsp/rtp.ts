import { randomBytes } from "node:crypto";
import type { AccessUnit } from "./clip";
import type { Coding } from "./coding";

export const CLOCK_RATE = 90_000;
/** Leaves room for IP, UDP and RTP headers in an Ethernet frame. */
const MAX_PAYLOAD = 1400;
const FU_A = 28;
const FU_H265 = 49;
const NTP_EPOCH_S = 2_208_988_800;

/** Makes the RTP packets of one track of a session (RFC 3550). */
export class RtpSender {
  readonly ssrc = randomBytes(4).readUInt32BE();
  readonly #payloadType: number;
  #sequence = randomBytes(2).readUInt16BE();
  #packets = 0;
  #octets = 0;

  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  /** The sequence number of the next packet, as RTP-Info of PLAY announces it. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Returns one packet per payload.
   *
   * @param payloads the payloads of one unit, for example of a frame: the last packet gets the marker
   * @param timestamp in units of the clock of the track; it wraps
   */
  packets(payloads: Buffer[], timestamp: number): Buffer[] {
    return payloads.map((payload, index) => this.#packet(payload, timestamp, index === payloads.length - 1));
  }

  #packet(payload: Buffer, timestamp: number, last: boolean): Buffer {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (last ? 0x80 : 0) | this.#payloadType;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp % 2 ** 32, 4);
    header.writeUInt32BE(this.ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets++;
    this.#octets += payload.length;
    return Buffer.concat([header, payload]);
  }

  /** Returns an RTCP sender report with the wall clock (epoch milliseconds) of an RTP timestamp (RFC 3550, 6.4.1). */
  senderReport(epochMs: number, timestamp: number): Buffer {
    const report = Buffer.alloc(28);
    report.writeUInt16BE(0x80c8, 0);
    report.writeUInt16BE(6, 2);
    report.writeUInt32BE(this.ssrc, 4);
    report.writeUInt32BE(Math.floor(epochMs / 1000) + NTP_EPOCH_S, 8);
    report.writeUInt32BE(Math.floor(((epochMs % 1000) / 1000) * 2 ** 32), 12);
    report.writeUInt32BE(timestamp % 2 ** 32, 16);
    report.writeUInt32BE(this.#packets % 2 ** 32, 20);
    report.writeUInt32BE(this.#octets % 2 ** 32, 24);
    return report;
  }
}

/** Returns the payloads of a frame by RFC 6184 (H.264, packetization-mode 1) or RFC 7798 (H.265). */
export function framePayloads(unit: AccessUnit, { rtpName }: Coding): Buffer[] {
  return unit.nals.flatMap(rtpName === "H264" ? fragmentH264 : fragmentH265);
}

/** Cuts a text into payloads of at most the given size, at any byte. */
export function textPayloads(text: string, size = MAX_PAYLOAD): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

/** Returns a unit that fits one packet as it is, and a larger unit in FU-A pieces (RFC 6184, 5.8). */
function fragmentH264(nal: Buffer): Buffer[] {
  const header = nal[0] ?? 0;
  return fragment(nal, 1, (edges) => [(header & 0xe0) | FU_A, edges | (header & 0x1f)]);
}

/** Does the same for the header of two bytes in H.265 (RFC 7798, 4.4.3). */
function fragmentH265(nal: Buffer): Buffer[] {
  const [first = 0, second = 0] = nal;
  return fragment(nal, 2, (edges) => [
    (first & 0x81) | (FU_H265 << 1),
    second,
    edges | ((first >> 1) & 0x3f),
  ]);
}

/** @param header returns the header of a piece from the bits that mark the first and the last piece */
function fragment(nal: Buffer, headerSize: number, header: (edges: number) => number[]): Buffer[] {
  if (nal.length <= MAX_PAYLOAD) return [nal];
  const size = MAX_PAYLOAD - headerSize - 1;
  const pieces: Buffer[] = [];
  for (let start = headerSize; start < nal.length; start += size) {
    const piece = nal.subarray(start, start + size);
    const first = start === headerSize ? 0x80 : 0;
    const last = start + piece.length === nal.length ? 0x40 : 0;
    pieces.push(Buffer.concat([Buffer.from(header(first | last)), piece]));
  }
  return pieces;
}
