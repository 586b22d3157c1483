/** The stream types of MPEG-TS for the codecs of cameras (ISO/IEC 13818-1, table 2-34). */
const codecs: Record<number, VideoCodec> = { 0x1b: "h264", 0x24: "h265" };

export type VideoCodec = "h264" | "h265";

export interface FrameStart {
  keyframe: boolean;
  codec: VideoCodec;
  /** Seconds since the first frame of the stream, by the timestamps of the stream. */
  seconds: number;
}

/** Whole packets. If a part begins with a keyframe, players can decode it without the parts before it. */
export interface StreamPart {
  data: Buffer;
  /** The frame that begins with this part; undefined if the part continues a frame. */
  frame?: FrameStart;
}

const PACKET = 188;
const SYNC = 0x47;
const PAT_PID = 0;
const PTS_RATE = 90_000;
const PTS_RANGE = 2 ** 33;

/**
 * Cuts an MPEG transport stream (ISO/IEC 13818-1), in chunks of any size, before each frame. It repeats the tables of
 * the stream before every keyframe, so that a file can begin with any keyframe.
 */
export class TsSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #pat: Buffer | undefined;
  #pmt: Buffer | undefined;
  #pmtPid: number | undefined;
  #video: { pid: number; codec: VideoCodec } | undefined;
  #lastPts: number | undefined;
  #ticks = 0;

  push(chunk: Buffer): StreamPart[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts: StreamPart[] = [];
    let begin = 0;
    let frame: FrameStart | undefined;
    const cut = (end: number): void => {
      if (end > begin) parts.push(this.#part(data.subarray(begin, end), frame));
      begin = end;
      frame = undefined;
    };
    let at = 0;
    while (at + PACKET <= data.length) {
      if (data[at] !== SYNC) {
        // Lost synchronisation, which ffmpeg does not cause: whole packets may follow after the next sync byte.
        cut(at);
        const next = data.indexOf(SYNC, at);
        begin = at = next < 0 ? data.length : next;
        continue;
      }
      const started = this.#read(data.subarray(at, at + PACKET));
      if (started !== undefined) {
        cut(at);
        frame = started;
      }
      at += PACKET;
    }
    cut(at);
    this.#rest = data.subarray(at);
    return parts;
  }

  #part(data: Buffer, frame: FrameStart | undefined): StreamPart {
    if (frame === undefined) return { data };
    const tables = frame.keyframe ? [this.#pat, this.#pmt] : [];
    return {
      data: Buffer.concat([...tables.filter((table) => table !== undefined), data]),
      frame,
    };
  }

  /** Reads a packet. @returns the frame that begins with it */
  #read(packet: Buffer): FrameStart | undefined {
    const begins = (byte(packet, 1) & 0x40) !== 0;
    if (!begins) return undefined;
    const pid = short(packet, 1) & 0x1fff;
    const hasAdaptation = (byte(packet, 3) & 0x20) !== 0;
    const adaptation = hasAdaptation ? byte(packet, 4) + 1 : 0;
    const payload = packet.subarray(4 + adaptation);
    if (pid === PAT_PID) {
      this.#pat = Buffer.from(packet);
      this.#pmtPid = programMapPid(payload);
    } else if (pid === this.#pmtPid) {
      this.#pmt = Buffer.from(packet);
      this.#video = videoOf(payload);
    } else if (this.#video !== undefined && pid === this.#video.pid) {
      const randomAccess = adaptation > 1 && (byte(packet, 5) & 0x40) !== 0;
      return { keyframe: randomAccess, codec: this.#video.codec, seconds: this.#seconds(payload) };
    }
    return undefined;
  }

  /** Returns the time of a frame. It continues the presentation timestamps beyond their 33 bits. */
  #seconds(pes: Buffer): number {
    const pts = ptsOf(pes);
    if (pts !== undefined) {
      const step = (pts - (this.#lastPts ?? pts) + 1.5 * PTS_RANGE) % PTS_RANGE;
      this.#ticks += step - PTS_RANGE / 2;
      this.#lastPts = pts;
    }
    return this.#ticks / PTS_RATE;
  }
}

/** Reads the first programme of a programme association table. */
function programMapPid(payload: Buffer): number | undefined {
  const section = sectionOf(payload);
  return section.length >= 12 ? short(section, 10) & 0x1fff : undefined;
}

/** Reads the first video of a programme map table. */
function videoOf(payload: Buffer): { pid: number; codec: VideoCodec } | undefined {
  const section = sectionOf(payload);
  if (section.length < 12) return undefined;
  const end = Math.min(section.length, 3 + (short(section, 1) & 0xfff) - 4);
  let at = 12 + (short(section, 10) & 0xfff);
  while (at + 5 <= end) {
    const codec = codecs[byte(section, at)];
    if (codec !== undefined) return { pid: short(section, at + 1) & 0x1fff, codec };
    at += 5 + (short(section, at + 3) & 0xfff);
  }
  return undefined;
}

/** Returns the table in a packet: it skips the pointer field at the start. */
function sectionOf(payload: Buffer): Buffer {
  return payload.subarray(1 + byte(payload, 0));
}

/** Reads the presentation timestamp of a packetized elementary stream. */
function ptsOf(pes: Buffer): number | undefined {
  const hasPts = pes.length >= 14 && pes.readUIntBE(0, 3) === 1 && (byte(pes, 7) & 0x80) !== 0;
  if (!hasPts) return undefined;
  const high = (byte(pes, 9) >> 1) & 0x07;
  return high * 2 ** 30 + (short(pes, 10) >> 1) * 2 ** 15 + (short(pes, 12) >> 1);
}

function byte(data: Buffer, at: number): number {
  return data[at] ?? 0;
}

function short(data: Buffer, at: number): number {
  return byte(data, at) * 256 + byte(data, at + 1);
}
