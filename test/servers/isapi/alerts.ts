/** The bodies of alerts in the form of real devices, with invented values. */

export interface AlertFields {
  eventType?: string;
  eventState?: string;
  channelID?: string | number;
  dateTime?: string;
  activePostCount?: string | number;
  [field: string]: unknown;
}

export function alertXml(fields: AlertFields = {}, inner = ""): string {
  const all: Record<string, unknown> = {
    ipAddress: "192.0.2.64",
    portNo: 80,
    protocol: "HTTP",
    macAddress: "02:00:5e:10:20:30",
    channelID: 1,
    dateTime: "2025-03-04T05:06:07+02:00",
    activePostCount: 1,
    eventType: "VMD",
    eventState: "active",
    eventDescription: "Motion alarm",
    ...fields,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\r\n` +
    `<EventNotificationAlert version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\r\n` +
    `${lines.join("\r\n")}\r\n${inner}</EventNotificationAlert>`
  );
}

export function heartbeatXml(channelID: string | number = 0): string {
  return alertXml({
    eventType: "videoloss",
    eventState: "inactive",
    eventDescription: "videoloss alarm",
    activePostCount: 0,
    channelID,
  });
}

export function alertJson(fields: AlertFields = {}): string {
  return JSON.stringify({
    ipAddress: "192.0.2.64",
    portNo: 80,
    protocolType: "HTTP",
    macAddress: "02:00:5e:10:20:30",
    channelID: 3,
    dateTime: "2025-03-04T05:06:07+02:00",
    activePostCount: 1,
    eventType: "PERSON_DENSITY_DETECTION",
    eventState: "active",
    eventDescription: "Person Density Detection",
    ...fields,
  });
}

/**
 * Returns a grey JPEG with a thumbnail in its EXIF segment. A reader must not take the thumbnail's end for the image's.
 *
 * @param bytes its length; the scan is filled up to it
 */
export function jpeg(bytes = 400, width = 64, height = 48): Buffer {
  const thumbnail = Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0x00, 0x02, 0xff, 0xd9]);
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0x00, 2 + thumbnail.length]), thumbnail]);
  const frameHeader = Buffer.from([
    0xff,
    0xc0,
    0,
    11,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    1,
    1,
    17,
    0,
  ]);
  const scanHeader = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  const used = 2 + exif.length + frameHeader.length + scanHeader.length + 2;
  const scan = Buffer.alloc(Math.max(6, bytes - used), 0x5a);
  // Scans contain stuffed FF bytes and restart markers.
  scan.set([0xff, 0x00, 0xff, 0xd0], 1);
  return Buffer.concat([Buffer.of(0xff, 0xd8), exif, frameHeader, scanHeader, scan, Buffer.of(0xff, 0xd9)]);
}
