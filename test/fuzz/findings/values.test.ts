import assert from "node:assert/strict";
import { checkEvent } from "../../../src/archive/check-event";
import { readAlert } from "../../../src/isapi/alerts/alert";
import { statusError } from "../../../src/isapi/connection/response-status";
import { deviceTime } from "../../../src/isapi/documents/device-time";
import { readBox, readPoints } from "../../../src/isapi/documents/image-regions";
import { parseXml } from "../../../src/isapi/documents/xml";
import { readMetadata } from "../../../src/isapi/metadata/document";
import { readUpload } from "../../../src/isapi/thermal/readings";
import { readPost } from "../../../src/hcp/events/decode/envelope";
import { decodeEvent } from "../../../src/hcp/events/decode/event";
import { decodeRecord } from "../../../src/hcp/events/decode/record";
import { gatewayError } from "../../../src/hcp/request/hcp-error";
import { parseJson } from "../../../src/hcp/values";
import { topicOf, type CommonEvent } from "../../../src/events";
import { readInferResponse } from "../../../src/vision/servers/kserve/response";
import { parseStreamUrl } from "../../../src/rtsp/stream-url";
import { decodePost } from "../../../src/viewtron";

const now = Date.parse("2026-05-04T08:20:31Z");

function alertOf(json: string): ReturnType<typeof readAlert> {
  return readAlert({ kind: "json", headers: {}, body: Buffer.from(json) }, { host: "camera.test", now });
}

function hcpEvent(event: string, sendTime = ""): CommonEvent {
  const [message] = readPost(Buffer.from(`{"params":{"sendTime":"${sendTime}","events":[${event}]}}`));
  assert.ok(message);
  return decodeEvent(message, "hcp.test", now).event;
}

function viewtronEvent(xml: string): CommonEvent | undefined {
  return decodePost(Buffer.from(`<config>${xml}</config>`), {
    sender: "192.0.2.9",
    receivedAt: new Date(now),
  }).events[0];
}

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

describe("findings of fuzzing: values", () => {
  describe("names with a meaning in JavaScript", () => {
    it("an alert in JSON loses a field __proto__", () => {
      const { details } = alertOf('{"eventType":"VMD","x":{"__proto__":{"a":1}}}');
      assert.deepEqual(Object.getOwnPropertyNames(details.x), []);
    });

    it("an attribute of a captured target may not be called __proto__", () => {
      const property = { description: "__proto__", value: "x" };
      const alert = {
        eventType: "mixedTargetDetection",
        CaptureResult: [{ Human: { Property: [property] } }],
      };
      const [occurrence] = alertOf(JSON.stringify(alert)).occurrences;
      assert.equal(occurrence?.targets[0]?.attributes, undefined);
    });

    it("a property of a metadata target may not be called __proto__", () => {
      const property = "<Property><description>__proto__</description><value>x</value></Property>";
      const list = `<TargetList><Target><PropertyList>${property}</PropertyList></Target></TargetList>`;
      const { targets } = readMetadata(
        `<Metadata><TargetDetection>${list}</TargetDetection></Metadata>`,
        now,
      );
      assert.deepEqual(Object.getOwnPropertyNames(targets[0]?.properties), []);
    });

    it("an element or attribute __proto__ of Viewtron keeps its prefix", () => {
      const event = viewtronEvent(
        '<a t:__proto__="x">1</a><smartType>MOTION</smartType><t:__proto__>2</t:__proto__>',
      );
      assert.deepEqual(Object.keys(event?.details ?? {}), ["a", "smartType", "t:__proto__"]);
      assert.deepEqual(event?.details.a, { "t:__proto__": "x", value: "1" });
    });

    it("a record of HikCentral loses a field __proto__", () => {
      const record = parseJson('{"eventType":131588,"x":{"__proto__":{}},"__proto__":{"a":1}}') as Record<
        string,
        unknown
      >;
      const { details } = decodeRecord(record, "event", "hcp.test", now).event;
      assert.deepEqual(Object.keys(details), ["eventType", "x"]);
      assert.deepEqual(Object.getOwnPropertyNames(details.x), []);
    });

    it("a code of HikCentral without a meaning stays as it is, also constructor", () => {
      const faces = { gender: { value: "constructor" } };
      const { targets } = hcpEvent(
        JSON.stringify({ eventId: "1", eventType: 131659, data: { alarmResult: { faces } } }),
      );
      assert.equal(targets[0]?.attributes?.gender, "constructor");
    });

    it("an unknown code of the gateway has no meaning, also constructor", () => {
      const { message } = gatewayError("constructor", "", { path: "/a", httpStatus: 200 });
      assert.equal(message.split(".")[0], "HikCentral rejected /a with code constructor");
    });

    it("an unknown sub-status of a device has no meaning, also toString", () => {
      const body =
        "<ResponseStatus><statusCode>4</statusCode><subStatusCode>toString</subStatusCode></ResponseStatus>";
      assert.equal(
        statusError(400, body, "GET /").message,
        "GET /: invalid operation (4, toString) (HTTP 400).",
      );
    });

    it("an unknown status of a Viewtron event is a pulse, also valueOf", () => {
      const items = "<perimeter><item><eventId>1</eventId><status>valueOf</status></item></perimeter>";
      assert.equal(viewtronEvent(`<smartType>MOTION</smartType>${items}`)?.state, "pulse");
    });

    it("an unknown type of a temperature rule is left out, also constructor", () => {
      const [reading] = readUpload(
        '{"ThermometryUploadList":{"ThermometryUpload":{"ruleCalibType":"constructor"}}}',
      );
      assert.deepEqual(reading?.rule, {});
    });
  });

  describe("numbers", () => {
    it("a rectangle with a negative width is not a box", () => {
      assert.equal(readBox({ X: 0.5, Y: 0.5, width: -0.3, height: 0.2 }), undefined);
    });

    it("points are within the image", () => {
      assert.deepEqual(readPoints([{ x: "-0.1", y: "0.5" }]), [{ x: 0, y: 0.5 }]);
      assert.deepEqual(readPoints([{ x: "5000", y: "500" }]), [{ x: 1, y: 0.5 }]);
    });

    it("a confidence of a plate is between 0 and 1", () => {
      const item = (count: string): string =>
        `<item><plateNumber>A1</plateNumber><PlateConfidence count="${count}"/></item>`;
      const score = (count: string): number | undefined =>
        viewtronEvent(`<smartType>VEHICE</smartType><listInfo>${item(count)}</listInfo>`)?.targets[0]?.score;
      assert.deepEqual([score("9900"), score("x"), score("-5"), score("99000")], [0.99, undefined, 0, 1]);
    });

    it("a similarity of a face is between 0 and 1", () => {
      const event = viewtronEvent("<smartType>VFD_MATCH</smartType><similarity>-3</similarity>");
      assert.equal(event?.targets[0]?.score, 0);
    });

    it("a confidence of an ANPR alert is between 0 and 1", () => {
      const [occurrence] = alertOf(
        '{"eventType":"ANPR","ANPR":{"licensePlate":"A1","confidenceLevel":-1}}',
      ).occurrences;
      assert.equal(occurrence?.targets[0]?.score, 0);
    });

    it("a box of Viewtron stays a number in an image of unreasonable size", () => {
      const size = "<SourceImageWidth>1e-300</SourceImageWidth><SourceImageHeight>1e-300</SourceImageHeight>";
      const rect = "<carRect><x1>-1e300</x1><y1>-1e300</y1><x2>1e300</x2><y2>1e300</y2></carRect>";
      const list = `<listInfo><item><plateNumber>A1</plateNumber>${size}${rect}</item></listInfo>`;
      const box = viewtronEvent(`<smartType>VEHICE</smartType>${list}`)?.targets[0]?.attributes?.vehicleBox;
      assert.ok(box === undefined || Object.values(box as object).every(Number.isFinite));
    });

    it("a temperature beyond all numbers stays a number", () => {
      const json = '{"thermometryUnit":0,"ruleCalibType":0,"PointThermCfg":{"temperature":1e308}}';
      for (const unit of [0, 1, 2]) {
        const [reading] = readUpload(
          `{"ThermometryUploadList":{"ThermometryUpload":${json.replace('Unit":0', `Unit":${unit}`)}}}`,
        );
        assert.ok(Number.isFinite(reading?.temperatures?.temperature));
      }
    });
  });

  describe("times", () => {
    it("a leap second of a device is a time that every program can read", () => {
      assert.equal(deviceTime("2026-05-04T08:20:60Z", now), "2026-05-04T08:20:59Z");
    });

    it("an offset that does not exist is not used for another time of the message", () => {
      const { time } = hcpEvent(
        '{"eventId":"1","happenTime":"2026-05-04T08:20:30"}',
        "2026-05-04T08:20:31+99:99",
      );
      assert.ok(!Number.isNaN(Date.parse(time)), time);
    });
  });

  describe("texts", () => {
    it("a device of a function node whose name is null has its id in the topic", () => {
      const event = {
        source: "isapi",
        device: { name: null, id: "7" },
        channel: { id: "1" },
        type: "motion",
      };
      assert.equal(topicOf(event as unknown as CommonEvent), "isapi/7/1/motion");
    });

    it("half a character in a password of a stream is a setting that is not valid", () => {
      const login = { username: "admin", password: "\ud800" };
      assert.throws(() => parseStreamUrl("rtsp://192.0.2.7/1", login), { code: "CONFIG_INVALID" });
    });
  });

  describe("size", () => {
    it("a small answer of an inference server reserves no memory for numbers that it does not have", () => {
      const output = { name: "a", datatype: "FP64", shape: [16_000_000], data: [1] };
      const body = Buffer.from(JSON.stringify({ outputs: Array.from({ length: 64 }, () => output) }));
      const before = process.memoryUsage().arrayBuffers;
      assert.throws(() => readInferResponse(undefined, body, "Server"), { code: "INFERENCE_REPLY" });
      assert.ok(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024);
    });

    it("a post of HikCentral that is nested too deeply is refused", () => {
      assert.throws(() => hcpEvent(`{"eventId":"1","x":${deep}}`), { code: "HCP_EVENT_INVALID" });
    });

    it("JSON inside of text is not read if it is nested too deeply", () => {
      assert.deepEqual(hcpEvent(`{"eventId":"1","data":"${deep}"}`).targets, []);
    });

    it("an image of another flow whose bytes are nested arrays is refused", () => {
      const event = { source: "a", type: "b", time: "c", device: {}, channel: { id: "1" } };
      const images = [{ data: { type: "Buffer", data: JSON.parse(deep) as unknown } }];
      assert.throws(() => checkEvent({ ...event, images }), { code: "ARCHIVE_EVENT_INVALID" });
    });

    it("an alert that is nested too deeply is refused", () => {
      assert.throws(() => alertOf(`{"eventType":"VMD","x":${deep}}`), { code: "ISAPI_REPLY" });
    });

    it("a message of the gateway is cut", () => {
      const { message } = gatewayError("7", "x".repeat(50_000), { path: "/a", httpStatus: 200 });
      assert.ok(message.length < 2000);
    });

    it("a message about XML neither quotes the document nor names a function of the parser", () => {
      const check = ({ message }: Error): boolean => message.endsWith("has a tag without an end.");
      assert.throws(() => parseXml('<?xml version="1.0"?><EventNotificationAlert v'), check);
    });
  });
});
