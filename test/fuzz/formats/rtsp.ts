import assert from "node:assert/strict";
import { readUpload } from "../../../src/isapi/thermal/readings";
import { readMetadata } from "../../../src/isapi/metadata/document";
import { MetadataEvents } from "../../../src/isapi/metadata/metadata-events";
import { CaptureTimes } from "../../../src/rtsp/frames/capture-times";
import { DocumentSplitter } from "../../../src/rtsp/metadata/document-splitter";
import { streamFailure } from "../../../src/rtsp/stream-failure";
import { hostOf, parseStreamUrl } from "../../../src/rtsp/stream-url";
import { ManualClock } from "../../support/manual-clock";
import { cut } from "../../support/seeded-random";
import {
  assertBox,
  assertDetails,
  assertEvent,
  assertMessage,
  assertPlain,
  assertTime,
  refusable,
  refusal,
} from "../support/contract";
import type { Format } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes, damageText, oddText } from "../support/mutate";
import type { Random } from "../support/random";
import { element, fieldsOf, mutateXml, writeDocument } from "../support/xml";

/** The lines of ffmpeg that report what a camera answered. */
const lines = [
  ...[
    "[rtsp @ 0x55d0c8] method DESCRIBE failed: 401 Unauthorized",
    "[rtsp @ 0x1] method SETUP failed: 461 Unsupported Transport",
  ],
  ...[
    "method PLAY failed: 454 Session Not Found",
    "[in#0 @ 0x2] Error opening input: Invalid data found when processing input",
  ],
  ...[
    "Server returned 404 Not Found",
    "Connection refused",
    "decoder (codec none) not found",
    "frame:12   pts:1700000000123456 pts_time:1700000000.12",
  ],
  ...[
    "[tls @ 0x3] IO Error: Connection reset",
    "Stream map '0:v' matches no streams",
    "Impossible to open 'rtsp://x' invalid data found",
  ],
];

function address(random: Random): string {
  const odd = (right: string): string => (random.chance(0.12) ? oddText(random) : right);
  const user = random.chance(0.6)
    ? `${odd("admin")}:${odd(random.pick(["pa:ss", "p@ss", "p/a", "p%40", "p%zz"]))}@`
    : "";
  const host = odd(random.pick(["192.0.2.7", "camera.example", "[2001:db8::1]", "0x7f.1"]));
  const text = `${odd(random.pick(["rtsp", "rtsps", "RTSP"]))}://${user}${host}:${odd("554")}/${odd("Streaming/Channels/101?transport=tcp&password=secret")}`;
  return random.chance(0.1) ? damageText(text, random) : text;
}

/** Addresses of streams, and what ffmpeg reports about them. Our own code parses no SDP: ffmpeg does. */
export const rtsp: Format = {
  name: "rtsp",
  code: "src/rtsp/stream-url.ts, stream-failure.ts, frames/capture-times.ts",
  reaches: 0.4,
  run(random) {
    const stderr = random
      .several(8, () => (random.chance(0.7) ? random.pick(lines) : damageText(random.pick(lines), random)))
      .join("\n");
    const failure = streamFailure(
      "cam",
      { ending: "exit code 1", stderrTail: stderr.slice(-2000) },
      random.pick(["image", "video", "metadata"]),
    );
    refusal(failure);
    const times = new CaptureTimes();
    for (const chunk of cut(Buffer.from(stderr), random.next, 40)) times.push(chunk.toString());
    const time = times.take(0);
    assert.ok(time === undefined || !Number.isNaN(time));
    return refusable(() => {
      const { url, name, secrets } = parseStreamUrl(
        address(random),
        random.chance(0.3) ? { username: oddText(random).slice(0, 30), password: "x y" } : {},
      );
      assert.match(url, /^rtsps?:\/\/[^\s\0]+$/);
      assert.ok(secrets.every((secret) => secret !== ""));
      assertMessage(hostOf({ url, name, secrets }));
    });
  },
  growing: {
    "at signs": (size) => url(`rtsp://${"a@".repeat(size / 2)}h/`),
    colons: (size) => url(`rtsp://${":".repeat(size)}`),
    "passwords in the path": (size) => url(`rtsp://h/${"password=".repeat(size / 9)}`),
    dots: (size) => url(`rtsp://${"1.".repeat(size / 2)}/`),
    "a long path": (size) => url(`rtsp://h/${"/".repeat(size)}`),
    brackets: (size) => url(`rtsp://${"[".repeat(size)}`),
  },
};

const url = (text: string) => (): unknown => refusable(() => void parseStreamUrl(text));

const region = [
  { x: "0.1", y: "0.2" },
  { x: "0.5", y: "0.2" },
  { x: "0.5", y: "0.6" },
];

function property(description: string, value: string): Record<string, string> {
  return { description, value };
}

function metadataDocument(random: Random, changes: number): Buffer {
  const target = (kind: string) => ({
    ruleID: "1",
    RegionList: { Region: { Point: region } },
    PropertyList: {
      Property: [
        property("tempProperty", kind),
        property("tempValue", "71.5"),
        property("tempUnit", "celsius"),
        property("distance", "30"),
      ],
    },
  });
  const root = element(
    "Metadata",
    fieldsOf({
      type: "activityTarget",
      subType: random.pick(["thermometry", "fireDetection", "smokeDetection"]),
      time: "2026-05-04T08:20:30Z",
      DevInfo: { ipAddress: "192.0.2.7", portNo: "80", macAddress: "00:00:5e:00:53:07", channel: "2" },
      TargetDetection: { TargetList: { Target: ["highest", "lowest", "average"].map(target) } },
    }),
  );
  for (let count = 0; count < changes; count += 1) mutateXml(root, random);
  return writeDocument(root, random);
}

/** The metadata track of thermal cameras. */
export const metadata: Format = {
  name: "metadata",
  code: "src/rtsp/metadata/document-splitter.ts, src/isapi/metadata/*.ts",
  reaches: 0.7,
  run(random) {
    const changes = random.below(4);
    const whole = Buffer.concat(
      Array.from({ length: 1 + random.below(4) }, () => metadataDocument(random, changes)),
    );
    const bytes = changes > 0 && random.chance(0.2) ? damageBytes(whole, random) : whole;
    const splitter = new DocumentSplitter();
    const documents = cut(bytes, random.next, random.pick([200, 1400, 100_000])).flatMap((chunk) =>
      splitter.push(chunk),
    );
    const events = new MetadataEvents({
      clock: new ManualClock(),
      endAfter: 5,
      threshold: 60,
      emit: assertEvent,
    });
    let isRead = false;
    for (const text of documents) {
      const outcome = refusable(() => {
        const document = readMetadata(text, Date.parse("2026-05-04T08:20:31Z"));
        assertTime(document.time);
        for (const { box, properties } of document.targets) {
          if (box !== undefined) assertBox(box);
          assert.ok(Object.values(properties).every((value) => typeof value === "string"));
        }
        assertDetails(document.details);
        assertPlain([document.targets, document.readings]);
        events.take(document, "cam");
      });
      isRead ||= outcome.read;
    }
    events.close();
    return isRead ? { read: true } : { read: false, refusal: "no document" };
  },
  growing: {
    "small documents": (size) => split("<Metadata>a</Metadata>", size),
    "starts of documents": (size) => split("<Metadata>", size),
    "starts of tags": (size) => split("<", size),
    "names of tags": (size) => split("<Metadat", size),
    "no document": (size) => split("x", size),
    "open ends": (size) => split("</Metadata", size, "<Metadata>"),
    "ends of longer names": (size) => split("</MetadataX>", size, "<Metadata>"),
    "one long document": (size) => split("<a></a>", size, "<Metadata>"),
  },
};

function split(text: string, size: number, before = ""): () => unknown {
  const bytes = Buffer.from(before + text.repeat(size / text.length));
  return () => new DocumentSplitter().push(bytes);
}

/** Temperatures that thermal cameras send as JSON. */
export const thermal: Format = {
  name: "thermal",
  code: "src/isapi/thermal/readings.ts",
  reaches: 0.5,
  run(random) {
    const upload = {
      ruleID: 1,
      ruleName: "Oven",
      ruleCalibType: random.below(3),
      presetNo: 1,
      absTime: 1_777_882_830,
      thermometryUnit: random.below(4),
      PointThermCfg: { temperature: 71.5 },
      LinePolygonThermCfg: {
        MaxTemperature: 71.5,
        MinTemperature: 20,
        AverageTemperature: 30,
        TemperatureDiff: 51.5,
      },
      HighestPoint: { positionX: 0.5, positionY: 0.5 },
      isFreezedata: false,
    };
    let json = jsonOf({ ThermometryUploadList: { ThermometryUpload: [upload, upload] } });
    for (let count = random.below(4); count > 0; count -= 1) json = mutateJson(json, random);
    return refusable(() => {
      for (const reading of readUpload(writeJson(json))) {
        assertPlain(reading);
        if (reading.time !== undefined) assertTime(reading.time);
        assert.ok(["point", "region", "line", undefined].includes(reading.rule.type));
      }
    });
  },
  growing: {
    readings: (size) => () =>
      readUpload(`{"ThermometryUploadList":{"ThermometryUpload":[${"{},".repeat(size / 3)}{}]}}`),
  },
};
