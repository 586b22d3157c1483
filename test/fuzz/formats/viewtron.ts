import assert from "node:assert/strict";
import { decodePost } from "../../../src/viewtron";
import { decodeBase64 } from "../../../src/viewtron/images";
import { toUtf8 } from "../../../src/xml/encoding";
import { assertEvent, refusable } from "../support/contract";
import type { Format } from "../support/format";
import { damageBytes } from "../support/mutate";
import type { Random } from "../support/random";
import { element, fieldsOf, mutateXml, writeDocument, type Element } from "../support/xml";
import { jpegFile } from "./images";

const context = { sender: "192.0.2.9", receivedAt: new Date("2026-05-04T08:20:31.000Z") };
const rect = { x1: "1000", y1: "2000", x2: "4000", y2: "6000" };

function image(name: string, random: Random): Element {
  const text = jpegFile(random).toString("base64");
  const data = random.chance(0.3) ? text.repeat(8) : text;
  return element(name, [
    ...fieldsOf({ dataType: "0", width: random.pick(["0", "1920"]), height: random.pick(["0", "1080"]) }),
    element(
      random.pick(["sourceBase64Data", "targetBase64Data"]),
      random.chance(0.1) ? data.replace(/.{60}/g, "$&\n") : data,
    ),
  ]);
}

function item(random: Random, fields: Record<string, unknown>, ...others: Element[]): Element {
  return element("item", [...fieldsOf(fields), ...others], random.chance(0.2) ? { id: "1" } : {});
}

/** The posts of cameras with old and new firmware, and of recorders. */
const posts: readonly ((random: Random) => Element[])[] = [
  (random) => [
    ...fieldsOf({ smartType: "PEA", currentTime: "1777882830123456", mac: "00:00:5e:00:53:09" }),
    element("perimeter", [
      element(
        "perInfo",
        [item(random, { eventId: "7", targetId: "3", status: "SMART_START", boundary: {}, rect })],
        { count: "1" },
      ),
    ]),
    element("tripwire", [
      element("tripInfo", [item(random, { eventId: "8", targetId: "3", status: "SMART_STOP", rect })]),
    ]),
    image("sourceDataInfo", random),
  ],
  (random) => [
    ...fieldsOf({ smartType: "VEHICE", snapTime: "1777882830" }),
    element("listInfo", [
      item(random, { targetId: "1" }, image("targetImageData", random)),
      item(
        random,
        {
          targetId: "2",
          plateNumber: "0012345",
          vehicleListType: "whiteList",
          leftTop: { x: "10", y: "20" },
          rightBottom: { x: "900", y: "400" },
          carRect: rect,
        },
        element("PlateConfidence", "", { count: "9900" }),
        element("carAttr", fieldsOf({ carType: "SUV", color: "white" })),
        image("targetImageData", random),
      ),
    ]),
    image("sourceDataInfo", random),
  ],
  (random) => [
    ...fieldsOf({
      messageType: "alarmData",
      smartType: "videoFaceDetect",
      dataTime: "2026-05-04 09:58:21",
      deviceInfo: { channelId: "2", ip: "192.0.2.9", deviceName: "NVR" },
    }),
    element("faceListInfo", [
      item(
        random,
        { targetId: "5", rect, age: "30", sex: "male", mask: "no" },
        image("targetImageData", random),
      ),
    ]),
    image("sourceDataInfo", random),
  ],
  () =>
    fieldsOf({
      smartType: "VFD_MATCH",
      similarity: "87",
      matchResult: "true",
      albumInfo: { personId: "4", name: "A", presonListType: "allow" },
    }),
  (random) => [
    ...fieldsOf({ messageType: "alarmStatus", deviceInfo: { deviceName: "NVR", mac: "00005e005309" } }),
    element("alarmStatusInfo", [
      element("motionAlarm", [
        element("item", "true", { id: "1", name: "Door" }),
        element("item", "false", { id: "2" }),
      ]),
      element("sensorAlarmIn", "true", { id: "3" }),
      element(random.pick(["diskFull", "chlOfflineAlarm", "sceneChange"]), random.pick(["true", "1", "off"])),
    ]),
  ],
  (random) => [
    ...fieldsOf({
      smartType: "PASSLINECOUNT",
      channelId: "1",
      passLineCount: { enterPersonCount: "3", leaveCarCount: "4" },
    }),
    element("traject", [
      item(random, { targetId: "9", rect, targetType: random.pick(["1", "2", "4", "car"]) }),
    ]),
  ],
  (random) => [
    ...fieldsOf({ messageType: "alarmData", smartType: "vehicle", dataTime: "05-04-2026 09:58:21 AM" }),
    element("licensePlateListInfo", [
      item(random, {
        targetId: "1",
        rect: { x: "10", y: "10", width: "300", height: "80" },
        licensePlateAttribute: { licensePlateNumber: "1E10", color: "white" },
        licensePlateMatchInfo: { groupName: "staff" },
      }),
    ]),
    image("sourceDataInfo", random),
  ],
  () => fieldsOf({ messageType: "keepalive", deviceInfo: { ip: "192.0.2.9" } }),
];

function post(random: Random): Buffer {
  const root = element("config", random.pick(posts)(random), {
    version: "2.0.0",
    xmlns: "http://www.ipc.com/ver10",
  });
  const changes = random.below(4);
  for (let count = 0; count < changes; count += 1) mutateXml(root, random);
  const body = writeDocument(root, random);
  return changes > 0 && random.chance(0.05) ? damageBytes(body, random) : body;
}

const decode = (text: string) => () => refusable(() => void decodePost(Buffer.from(text), context));
const config = (inner: string): (() => unknown) => decode(`<config>${inner}</config>`);

/** Posts of Viewtron cameras and recorders. */
export const viewtron: Format = {
  name: "viewtron",
  code: "src/viewtron/*.ts, src/xml/*.ts",
  reaches: 0.8,
  run(random) {
    const body = post(random);
    return refusable(() => {
      const { events } = decodePost(body, context);
      assert.ok(events.length <= 10_000);
      events.forEach(assertEvent);
    });
  },
  growing: {
    "many elements": (size) => config("<a>1</a>".repeat(size / 8)),
    "many targets": (size) =>
      config(
        `<smartType>PEA</smartType><perimeter>${"<item><targetId>1</targetId></item>".repeat(size / 35)}</perimeter>`,
      ),
    "many events": (size) =>
      config(
        `<smartType>MOTION</smartType><perimeter>${Array.from({ length: size / 60 }, (_, i) => `<item><eventId>${i}</eventId><targetId>${i}</targetId></item>`).join("")}</perimeter>`,
      ),
    "many states": (size) =>
      config(
        `<alarmStatusInfo>${"<motionAlarm id='1'>true</motionAlarm>".repeat(size / 38)}</alarmStatusInfo>`,
      ),
    "many attributes": (size) =>
      config(`<a ${Array.from({ length: size / 9 }, (_, i) => `a${i}="1"`).join(" ")}></a>`),
    "blanks in a tag": (size) => config(`<a${" ".repeat(size)}=></a>`),
    "open quotes": (size) => config(`<a ${`b="'" `.repeat(size / 6)}></a>`),
    comments: (size) => config("<!---->".repeat(size / 7)),
    "open sections": (size) => config("<![CDATA[".repeat(size / 9)),
    references: (size) => config("&lt;".repeat(size / 4)),
    "a long image": (size) =>
      config(
        `<sourceDataInfo><sourceBase64Data>${"QUJD".repeat(size / 4)}</sourceBase64Data></sourceDataInfo>`,
      ),
    "an image in lines": (size) =>
      config(
        `<sourceDataInfo><sourceBase64Data>${"QUJD\n".repeat(size / 5)}</sourceBase64Data></sourceDataInfo>`,
      ),
    "a declared encoding": (size) =>
      decode(`<?xml version="1.0" encoding="GBK"?><config>${"中".repeat(size / 3)}</config>`),
  },
};

/** Base64 and encodings of Viewtron posts. The outcome must be that of Node.js. */
export const texts: Format = {
  name: "texts",
  code: "src/viewtron/images.ts, src/xml/encoding.ts",
  reaches: 1,
  run(random) {
    const clean = random.bytes(random.below(600)).toString("base64");
    const text = random.chance(0.5) ? clean : damageBytes(Buffer.from(clean), random).toString("latin1");
    const long = random.chance(0.02) ? text.repeat(1 + Math.ceil(70_000 / (text.length + 1))) : text;
    assert.deepEqual(decodeBase64(Buffer.from(long, "latin1")), Buffer.from(long, "base64"));
    const name = random.pick([
      "gbk",
      "gb18030",
      "big5",
      "euc-kr",
      "shift_jis",
      "iso-8859-15",
      "windows-1252",
      "utf-7",
      "replacement",
      "x",
    ]);
    const body = Buffer.concat([
      Buffer.from(`<?xml version="1.0" encoding="${name}"?><a>`),
      random.bytes(random.below(200)),
    ]);
    assert.ok(toUtf8(body).length <= body.length * 4);
    return { read: true };
  },
  growing: {
    "clean base64": (size) => {
      const bytes = Buffer.from("QUJD".repeat(size / 4));
      return () => decodeBase64(bytes);
    },
    "base64 in lines": (size) => {
      const bytes = Buffer.from("QUJD\r\n".repeat(size / 6));
      return () => decodeBase64(bytes);
    },
  },
};
