/** Makes packets of an MPEG transport stream (ISO/IEC 13818-1). */

const PMT_PID = 0x0fff;
const VIDEO_PID = 0x0101;
const AUDIO_PID = 0x0102;

function packet(pid: number, payload: Buffer, { starts = false, randomAccess = false } = {}): Buffer {
  const data = Buffer.alloc(188, 0xff);
  data[0] = 0x47;
  data.writeUInt16BE((starts ? 0x4000 : 0) | pid, 1);
  const stuffing = 184 - payload.length;
  if (stuffing === 0) {
    data[3] = 0x10;
  } else {
    data[3] = 0x30;
    data[4] = stuffing - 1;
    if (stuffing > 1) data[5] = randomAccess ? 0x40 : 0;
  }
  payload.copy(data, 4 + stuffing);
  return data;
}

/** Returns a table with its pointer, and an invalid checksum, which is not checked. */
function section(tableId: number, body: number[]): Buffer {
  const length = 5 + body.length + 4;
  const head = [0, tableId, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0];
  return Buffer.from([...head, ...body, 1, 2, 3, 4]);
}

export function pat(): Buffer {
  return packet(0, section(0, [0, 1, 0xe0 | (PMT_PID >> 8), PMT_PID & 0xff]), { starts: true });
}

export function pmt(codec: "h264" | "h265", { soundFirst = false } = {}): Buffer {
  const video = [codec === "h264" ? 0x1b : 0x24, 0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 0];
  const sound = [0x0f, 0xe0 | (AUDIO_PID >> 8), AUDIO_PID & 0xff, 0xf0, 3, 0x0a, 1, 2];
  const streams = soundFirst ? [...sound, ...video] : [...video, ...sound];
  const programme = [0xe0 | (VIDEO_PID >> 8), VIDEO_PID & 0xff, 0xf0, 2, 5, 0];
  return packet(PMT_PID, section(2, [...programme, ...streams]), { starts: true });
}

/** Returns the first packet of a frame. */
export function frame({ keyframe = false, seconds }: { keyframe?: boolean; seconds: number }): Buffer {
  const pts = Math.round(seconds * 90_000) % 2 ** 33;
  const high = Math.floor(pts / 2 ** 30);
  const middle = Math.floor(pts / 2 ** 15) % 2 ** 15;
  const low = pts % 2 ** 15;
  const stamp = Buffer.alloc(5);
  stamp[0] = 0x21 | (high << 1);
  stamp.writeUInt16BE((middle << 1) | 1, 1);
  stamp.writeUInt16BE((low << 1) | 1, 3);
  const header = Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, ...stamp]);
  return packet(VIDEO_PID, Buffer.concat([header, Buffer.alloc(50, 7)]), {
    starts: true,
    randomAccess: keyframe,
  });
}

/** Returns a further packet of a frame. */
export function more(): Buffer {
  return packet(VIDEO_PID, Buffer.alloc(184, 0x47));
}

export function audioPacket(): Buffer {
  return packet(AUDIO_PID, Buffer.from([0, 0, 1, 0xc0, 0, 0, 0x80, 0, 0, 1, 2, 3]), { starts: true });
}
