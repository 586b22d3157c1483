import { jpegSize } from "./jpeg";
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

/** A target in a zone or at a line. */
export interface Occurrence {
  eventId: number;
  targetId: number;
  status?: string;
  box: Rectangle;
}

/** The posts of a camera with firmware up to 5.2: every element declares its type, version 1.7. */
export class IpcPosts {
  constructor(
    protected readonly camera: CameraIdentity = defaultIdentity,
    protected readonly now: () => Date = () => new Date(),
  ) {}

  protected readonly objectList: string = "openAlramObj";

  heartbeat(): string {
    const { name, serial, address, mac } = this.camera;
    return `${PROLOG}
<DeviceInfo>
<DeviceName>${name}</DeviceName>
<DeviceNo.>1</DeviceNo.>
<SN>${cdata(serial)}</SN>
<ipAddress>${address}</ipAddress>
<macAddress>${mac}</macAddress>
</DeviceInfo>`;
  }

  /** @param dataTime local time of the camera, in one of two spellings */
  alarmStatus(field: string, on: boolean, dataTime = "2026-05-04 10:20:30", id = 1): string {
    return `${PROLOG}
<config version="1.7" ${NAMESPACE}>
<alarmStatusInfo><${field} type="boolean" id="${id}">${on}</${field}></alarmStatusInfo>
<dataTime>${cdata(dataTime)}</dataTime>
${this.deviceInfo()}
</config>`;
  }

  /** A target in a forbidden zone or across a line. Both are PEA. */
  perimeter(options: {
    by: "zone" | "line";
    eventId: number;
    targetId: number;
    targetType: string;
    box: Rectangle;
    status?: string;
    overview?: Buffer;
    crop?: Buffer;
  }): string {
    const { by, eventId, targetId, targetType, box, status = "SMART_START", overview, crop } = options;
    const [outer, list] = by === "zone" ? ["perimeter", "perInfo"] : ["tripwire", "tripInfo"];
    const where =
      by === "zone"
        ? `<boundary type="list" count="1"><item><point>${element("x", 400, "uint32")}${element("y", 500, "uint32")}</point></item></boundary>`
        : `<line><startPoint>${element("x", 5000, "uint32")}${element("y", 0, "uint32")}</startPoint><endPoint>${element("x", 5000, "uint32")}${element("y", 10000, "uint32")}</endPoint></line>`;
    return this.data(
      "PEA",
      `<${outer}><${list} type="list" count="1"><item>
${element("eventId", eventId, "uint32")}${element("targetId", targetId, "uint32")}${element("status", status, "smartStatus")}
${where}${rect(box, true)}
</item></${list}></${outer}>
${overview === undefined ? "" : this.overview(overview)}
<listInfo type="list" count="1"><item>${element("targetId", targetId, "tuint32")}${rect(box, true)}${this.crop(crop, targetType)}</item></listInfo>`,
    );
  }

  /**
   * Events in zones and at lines in one post: each block lists its own, an empty block stays.
   *
   * @param smartType null: the post has none
   */
  occurrences(options: {
    zones?: readonly Occurrence[];
    lines?: readonly Occurrence[];
    smartType?: string | null;
    overview?: Buffer;
    crop?: Buffer;
  }): string {
    const { zones, lines, smartType = "PEA", overview, crop } = options;
    const item = ({ eventId, targetId, status = "SMART_START", box }: Occurrence): string =>
      `<item>${element("eventId", eventId, "uint32")}${element("targetId", targetId, "uint32")}${element("status", status, "smartStatus")}${rect(box, true)}</item>`;
    const block = (outer: string, list: string, all: readonly Occurrence[] | undefined): string =>
      all === undefined
        ? ""
        : `<${outer}><${list} type="list" count="${all.length}">${all.map(item).join("")}</${list}></${outer}>`;
    const targets = new Map([...(zones ?? []), ...(lines ?? [])].map((each) => [each.targetId, each]));
    const post = this.data(
      smartType ?? "",
      `${block("perimeter", "perInfo", zones)}${block("tripwire", "tripInfo", lines)}
${overview === undefined ? "" : this.overview(overview)}
<listInfo type="list" count="${targets.size}">${[...targets.values()]
        .map(
          ({ targetId, box }) =>
            `<item>${element("targetId", targetId, "tuint32")}${rect(box, true)}${this.crop(crop, "1")}</item>`,
        )
        .join("")}</listInfo>`,
    );
    return smartType === null ? post.replace(/<smartType [^]*?<\/smartType>\n/, "") : post;
  }

  /** A user has drawn another zone in the camera's web page: there is no event in the image. */
  rulesChanged(): string {
    return this.data(
      "PEA",
      `<perimeter><perimeterRule type="list" count="1"><item>${element("ruleId", 1, "uint32")}<boundary type="list" count="1"><item><point>${element("x", 400, "uint32")}${element("y", 500, "uint32")}</point></item></boundary></item></perimeterRule><perInfo type="list" count="0"/></perimeter>`,
    );
  }

  /** The face's corners in pixels of the overview. Their names are not public: these are invented. */
  faceByCorners(options: {
    targetId: number;
    corners: readonly (readonly [number, number])[];
    overview: Buffer;
    crop: Buffer;
  }): string {
    const { targetId, corners, overview, crop } = options;
    const points = corners
      .map(
        ([x, y], index) =>
          `<corner${index}>${element("x", x, "uint32")}${element("y", y, "uint32")}</corner${index}>`,
      )
      .join("");
    return this.data(
      "VFD",
      `${this.overview(overview)}<listInfo type="list" count="1"><item>${element("targetId", targetId, "tuint32")}<facePosition>${points}</facePosition>${this.crop(crop, "1")}</item></listInfo>`,
    );
  }

  /** The overview is the first of two items, the plate the second. */
  plate(options: { plate: string; listType?: string; overview?: Buffer; crop?: Buffer }): string {
    const { plate, listType, overview, crop } = options;
    const list = listType === undefined ? "" : element("vehicleListType", listType, "string");
    return this.data(
      "VEHICE",
      `<listInfo type="list" count="2">
<item>${this.crop(overview, "2")}</item>
<item>${element("plateNumber", cdata(plate), "string")}${list}${this.crop(crop, "2")}</item>
</listInfo>`,
    );
  }

  face(options: { targetId: number; box: Rectangle; overview?: Buffer; crop?: Buffer }): string {
    const { targetId, box, overview, crop } = options;
    // This firmware names the crop of a face like an overview.
    const data = this.crop(crop, "1").replaceAll("targetBase64", "sourceBase64");
    return this.data(
      "VFD",
      `${overview === undefined ? "" : this.overview(overview)}
<listInfo type="list" count="2"><item>${element("targetId", targetId, "tuint32")}${rect(box, true)}${data}</item></listInfo>`,
    );
  }

  /** A face found in (or missing from) the camera's album. */
  faceMatch(options: {
    name: string;
    listType: string;
    similarity: number;
    snap: Buffer;
    album: Buffer;
    overview: Buffer;
  }): string {
    const { name, listType, similarity, snap, album, overview } = options;
    const image = (outer: string, data: Buffer): string =>
      `<${outer}><ImageData>${element("dataType", 0, "uint32")}${element("Width", 0, "tuint32")}${element("Height", 0, "tuint32")}${element("sourceBase64Data", cdata(data.toString("base64")), "string")}</ImageData></${outer}>`;
    return this.data(
      "VFD_MATCH",
      `${element("snapPicId", 31, "tuint32")}${element("matchResult", "true", "boolean")}${element("similarity", similarity, "tint32")}
<albumInfo>${element("personId", 4711, "tint32")}${element("presonListType", listType, "faceMatchAlarmList")}${element("name", cdata(name), "string")}${element("sex", "female", "sexType")}${element("age", 28, "tint32")}</albumInfo>
${image("snapData", snap)}${image("albumData", album)}${image("sourceData", overview)}`,
    );
  }

  /** A line's counters, which are never reset; the elements for images are empty. */
  counting(options: { enterPersons: number; leavePersons: number; targetId: number }): string {
    const { enterPersons, leavePersons, targetId } = options;
    const counter = (name: string, value: number): string => element(name, value, "uint32");
    return this.data(
      "PASSLINECOUNT",
      `<passLineCount>${counter("enterCarCount", 7)}${counter("enterPersonCount", enterPersons)}${counter("enterBikeCount", 1)}${counter("leaveCarCount", 5)}${counter("leavePersonCount", leavePersons)}${counter("leaveBikeCount", 0)}
<aoiInfo type="list" count="1"><item>${counter("eventId", 902)}${counter("targetId", targetId)}${element("status", "SMART_START", "smartStatus")}${rect({ x1: 0, y1: 0, x2: 0, y2: 0 }, true)}</item></aoiInfo></passLineCount>
<sourceDataInfo>${element("dataType", 0, "uint32")}${counter("width", 0)}${counter("height", 0)}${counter("sourceBase64Length", 18)}<sourceBase64Data type="string"><![CDATA[]]></sourceBase64Data></sourceDataInfo>
<listInfo type="list" count="1"><item>${element("targetId", targetId, "tuint32")}${this.crop(undefined, "1")}</item></listInfo>`,
    );
  }

  /** All targets in the image, found continuously. The images are in a separate block. */
  metadata(options: { overview: Buffer; crop: Buffer }): string {
    return this.data("VSD", `<vsd>${this.overview(options.overview)}${this.crop(options.crop, "2")}</vsd>`);
  }

  /** The running position of a target, up to twelve times a second: no smartType, no images. */
  tracks(options: { targetId: number; targetType: string; box: Rectangle }): string {
    const { targetId, targetType, box } = options;
    return `${PROLOG}
<config version="1.7" ${NAMESPACE}>
${this.types()}
<subscribeOption type="subscribeRelation">FEATURE_RESULT</subscribeOption>
${this.identity()}
<traject type="list" count="1"><item>${element("targetId", targetId, "uint32")}<point>${element("x", 0, "uint32")}${element("y", 0, "uint32")}</point>${rect(box, true)}${element("velocity", 0, "uint32")}${element("direction", 0, "uint32")}${element("targetType", targetType, "targetType")}<trajectlength type="list" count="0"/></item></traject>
</config>`;
  }

  /** Any event of this camera. */
  data(smartType: string, content = ""): string {
    return `${PROLOG}
<config version="1.7" ${NAMESPACE}>
${this.types()}
<smartType type="${this.objectList}">${smartType}</smartType>
<subscribeRelation type="subscribeOption">FEATURE_RESULT</subscribeRelation>
${this.identity()}
${content}
</config>`;
  }

  protected types(): string {
    return `<types><${this.objectList}><enum>MOTION</enum><enum>PEA</enum><enum>VEHICE</enum></${this.objectList}><targetType><enum>person</enum><enum>car</enum><enum>motor</enum></targetType></types>`;
  }

  protected identity(): string {
    const { mac, serial, name } = this.camera;
    return `${element("currentTime", microseconds(this.now()), "tint64")}
<mac type="string">${cdata(mac)}</mac><sn type="string">${cdata(serial)}</sn><deviceName type="string">${cdata(name)}</deviceName>`;
  }

  protected deviceInfo(): string {
    const { name, serial, address, mac } = this.camera;
    return `<deviceInfo><deviceName>${cdata(name)}</deviceName><deviceNo.>${cdata("1")}</deviceNo.><sn>${cdata(serial)}</sn><ipAddress>${cdata(address)}</ipAddress><macAddress>${cdata(mac.replaceAll(":", "-"))}</macAddress></deviceInfo>`;
  }

  protected overview(data: Buffer): string {
    const { width, height } = jpegSize;
    const base64 = data.toString("base64");
    return `<sourceDataInfo>${element("dataType", 0, "uint32")}${element("width", width, "uint32")}${element("height", height, "uint32")}${element("sourceBase64Length", base64.length, "uint32")}<sourceBase64Data type="string">${cdata(base64)}</sourceBase64Data></sourceDataInfo>`;
  }

  protected crop(data: Buffer | undefined, targetType: string): string {
    const base64 = data?.toString("base64") ?? "";
    return `<targetImageData>${element("dataType", 0, "uint32")}${element("targetType", targetType, "uint32")}${element("Width", 64, "tuint32")}${element("Height", 36, "tuint32")}${element("targetBase64Length", base64.length, "uint32")}<targetBase64Data type="string">${cdata(base64)}</targetBase64Data></targetImageData>`;
  }
}
