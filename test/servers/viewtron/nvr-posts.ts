import {
  cdata,
  defaultIdentity,
  element,
  microseconds,
  NAMESPACE,
  PROLOG,
  rect,
  type CameraIdentity,
  type Rectangle,
} from "./xml";

const ZERO: Rectangle = { x1: 0, y1: 0, x2: 0, y2: 0 };

/** The posts of a recorder: version 2.0.0, no types, a message type in each, three lists for three families. */
export class NvrPosts {
  constructor(
    private readonly recorder: CameraIdentity = { ...defaultIdentity, name: "Recorder" },
    private readonly channel = 2,
    private readonly now: () => Date = () => new Date(),
  ) {}

  heartbeat(): string {
    return this.#message("keepalive", "", false);
  }

  alarmStatus(field: string, on: boolean, id = 1): string {
    return this.#message(
      "alarmStatus",
      `${element("currentTime", microseconds(this.now()))}<alarmStatusInfo><${field}><item id="${id}">${on}</item></${field}></alarmStatusInfo>`,
    );
  }

  /** Alarm states of firmware that names no channel: the numbers are those of the cameras. */
  alarmStatusOfChannels(
    field: string,
    states: readonly { id: number; on: boolean; name?: string }[],
  ): string {
    const items = states
      .map(
        ({ id, on, name }) => `<item id="${id}"${name === undefined ? "" : ` name="${name}"`}>${on}</item>`,
      )
      .join("");
    return this.#message(
      "alarmStatus",
      `${element("currentTime", microseconds(this.now()))}<alarmStatusInfo><${field}>${items}</${field}></alarmStatusInfo>`,
      false,
    );
  }

  /** regionIntrusion, lineCrossing, targetCountingByLine, targetCountingByArea, videoMetadata. */
  target(options: {
    smartType: string;
    eventId: number;
    targetId: number;
    targetType: string;
    box?: Rectangle;
    overview?: Buffer;
    crop?: Buffer;
  }): string {
    const { smartType, eventId, targetId, targetType, box = ZERO, overview, crop } = options;
    const byLine = /line/i.test(smartType);
    const where = byLine
      ? "<boundary>tripwire</boundary><directionLine><startPoint><x>3900</x><y>2100</y></startPoint><endPoint><x>3900</x><y>9900</y></endPoint></directionLine>"
      : "<boundary>area</boundary><pointGroup><item><x>100</x><y>100</y></item><item><x>9900</x><y>100</y></item><item><x>5000</x><y>9900</y></item></pointGroup>";
    return this.data(
      smartType,
      `<eventInfo><item>${element("eventId", eventId)}${element("targetId", targetId)}${where}${rect(box, false)}</item></eventInfo>
${this.#overview(overview, 1280, 720)}
<targetListInfo><item>${element("targetId", targetId)}${element("targetType", targetType)}${this.#crop(crop, 336, 448)}</item></targetListInfo>`,
    );
  }

  /** Rectangles are in pixels of the overview, whose size is sent as 0 × 0. */
  plate(options: {
    plate: string;
    box: Rectangle;
    group?: string;
    owner?: string;
    overview?: Buffer;
    crop?: Buffer;
    currentTime?: string;
  }): string {
    const { plate, box, group, owner, overview, crop, currentTime } = options;
    const match =
      group === undefined
        ? ""
        : `<licensePlateMatchInfo>${element("groupName", cdata(group))}${element("carOwner", cdata(owner ?? ""))}</licensePlateMatchInfo>`;
    return this.data(
      "vehicle",
      `${this.#overview(overview, 0, 0)}
<licensePlateListInfo><item>${element("targetId", 104)}${rect(box, false)}<licensePlateAttribute>${element("licensePlateNumber", cdata(plate))}${element("color", "white")}</licensePlateAttribute>${match}${rect({ x1: 1, y1: 0, x2: 1, y2: 0 }, false, "carRect")}<carAttribute>${element("carType", cdata("van"))}${element("color", cdata("red"))}${element("brand", cdata("Ford"))}${element("model", cdata("Transit"))}</carAttribute>${this.#crop(crop, 16, 8)}</item></licensePlateListInfo>`,
      currentTime,
    );
  }

  face(options: {
    targetId: number;
    box: Rectangle;
    overview?: Buffer;
    crop?: Buffer;
    cropSize?: number;
  }): string {
    const { targetId, box, overview, crop, cropSize = 184 } = options;
    return this.data(
      "videoFaceDetect",
      `${this.#overview(overview, 1280, 720)}
<faceListInfo><item>${element("targetId", targetId)}${rect(box, false)}${element("age", "middleAged")}${element("sex", "male")}${element("glasses", "no")}${element("mask", "unknown")}${this.#crop(crop, cropSize, cropSize)}</item></faceListInfo>`,
    );
  }

  data(smartType: string, content: string, currentTime = microseconds(this.now())): string {
    return this.#message(
      "alarmData",
      `${element("smartType", smartType)}${element("currentTime", currentTime)}${content}`,
    );
  }

  #message(type: string, content: string, withChannel = true): string {
    const { name, address, mac } = this.recorder;
    return `${PROLOG}
<config version="2.0.0" ${NAMESPACE}>
<messageType>${type}</messageType>
<deviceInfo><deviceName>${cdata(name)}</deviceName><ip>${cdata(address)}</ip><mac>${cdata(mac.toUpperCase())}</mac>${withChannel ? element("channelId", this.channel) : ""}</deviceInfo>
${content}
</config>`;
  }

  #overview(data: Buffer | undefined, width: number, height: number): string {
    if (data === undefined) return "";
    const base64 = data.toString("base64");
    // Bare, not in CDATA: recorders do both.
    return `<sourceDataInfo>${element("dataType", 0)}${element("width", width)}${element("height", height)}${element("sourceBase64Length", base64.length)}${element("sourceBase64Data", base64)}</sourceDataInfo>`;
  }

  #crop(data: Buffer | undefined, width: number, height: number): string {
    if (data === undefined) return "";
    const base64 = data.toString("base64");
    return `<targetImageData>${element("dataType", 0)}${element("width", width)}${element("height", height)}${element("targetBase64Length", base64.length)}${element("targetBase64Data", cdata(base64))}</targetImageData>`;
  }
}
