/** ISAPI documents about the device itself. */

/** The attributes of most root elements. */
export const NAMESPACE = 'version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"';
export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A hybrid recorder has its own inputs, and network cameras with the following numbers. */
export type DeviceKind = "camera" | "nvr" | "hybrid";

export function deviceInfo(kind: DeviceKind): string {
  const [type, model] = {
    camera: ["IPCamera", "TC-2143"],
    nvr: ["NVR", "TN-7604"],
    hybrid: ["DVR", "TH-7204"],
  }[kind] as [string, string];
  return (
    `${XML_DECLARATION}<DeviceInfo ${NAMESPACE}><deviceName>Test ${kind}</deviceName><deviceID>48443030-0000</deviceID>` +
    `<model>${model}</model><serialNumber>${model}20250101AAWR000012345</serialNumber>` +
    `<macAddress>02:00:5e:10:20:30</macAddress><firmwareVersion>V5.7.3</firmwareVersion>` +
    `<firmwareReleasedDate>build 240101</firmwareReleasedDate><deviceType>${type}</deviceType></DeviceInfo>`
  );
}

export function systemTime(now: Date): string {
  return (
    `${XML_DECLARATION}<Time ${NAMESPACE}><timeMode>NTP</timeMode>` +
    `<localTime>${now.toISOString().slice(0, 19)}+00:00</localTime><timeZone>CST+0:00:00</timeZone></Time>`
  );
}

/** Returns a camera's own video inputs. A camera with one channel sends a list of one. */
export function videoInputs(names: readonly string[]): string {
  const channels = names.map(
    (name, index) =>
      `<VideoInputChannel ${NAMESPACE}><id>${index + 1}</id><inputPort>${index + 1}</inputPort><name>${name}</name></VideoInputChannel>`,
  );
  return `${XML_DECLARATION}<VideoInputChannelList ${NAMESPACE}>${channels.join("")}</VideoInputChannelList>`;
}

/**
 * Returns the cameras behind a recorder.
 *
 * @param first the number of the first camera
 */
export function inputProxies(names: readonly string[], first = 1): string {
  const channels = names.map(
    (name, index) =>
      `<InputProxyChannel ${NAMESPACE}><id>${first + index}</id><name>${name}</name><sourceInputPortDescriptor>` +
      `<proxyProtocol>HIKVISION</proxyProtocol><ipAddress>198.51.100.${index + 10}</ipAddress><srcInputPort>1</srcInputPort>` +
      `</sourceInputPortDescriptor></InputProxyChannel>`,
  );
  return `${XML_DECLARATION}<InputProxyChannelList ${NAMESPACE}>${channels.join("")}</InputProxyChannelList>`;
}

export function responseStatus(
  url: string,
  statusCode: number,
  statusString: string,
  subStatusCode: string,
): string {
  return (
    `${XML_DECLARATION}<ResponseStatus ${NAMESPACE}><requestURL>${url.replaceAll("&", "&amp;")}</requestURL>` +
    `<statusCode>${statusCode}</statusCode><statusString>${statusString}</statusString>` +
    `<subStatusCode>${subStatusCode}</subStatusCode></ResponseStatus>`
  );
}
