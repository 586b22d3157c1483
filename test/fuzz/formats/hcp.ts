import assert from "node:assert/strict";
import { readPost } from "../../../src/hcp/events/decode/envelope";
import { decodeEvent } from "../../../src/hcp/events/decode/event";
import { decodeRecord } from "../../../src/hcp/events/decode/record";
import { readResponse } from "../../../src/hcp/request/response";
import { assertEvent, refusable } from "../support/contract";
import type { Format } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageBytes, oddText } from "../support/mutate";
import type { Random } from "../support/random";

const HOST = "192.0.2.20";
const RECEIVED = Date.parse("2026-05-04T08:20:31Z");
const base = {
  eventId: "5E6F",
  srcIndex: "12",
  srcName: "Gate",
  srcType: "camera",
  srcParentIdex: "3",
  status: 1,
  happenTime: "2026-05-04T08:20:30+08:00",
  timeout: 30,
};
/** Events of each kind, as the platform sends them. */
const events: readonly Record<string, unknown>[] = [
  { ...base, eventType: 131329 },
  {
    ...base,
    eventType: 131622,
    data: { plateNo: "0012345", vehiclePicUri: "Vsm://1", vehicleGroupIndexCode: "4" },
  },
  {
    ...base,
    eventType: 131659,
    data: {
      dataType: "faceMatch",
      alarmResult: {
        faces: [
          {
            age: { ageGroup: "young" },
            gender: { value: "1" },
            mask: { wearMaskStatus: "2" },
            temperature: { temperatureData: "36.5", temperatureStatus: "1" },
            faceRect: { x: "0.1", y: "0.2", width: "0.3", height: "0.3" },
            URL: "/pic?1",
            snap_pic_data: "/9j/4AAQ",
            identify: [
              {
                candidate: [
                  { human_id: "7", similarity: "0.93", blacklist_id: "2", reserve_field: { name: "A" } },
                ],
              },
            ],
          },
        ],
      },
    },
  },
  {
    ...base,
    srcType: "door",
    eventType: 198914,
    data: {
      personId: "9",
      personName: "B",
      cardNo: "00012",
      checkInAndOutType: 1,
      temperatureData: "36.6",
      temperatureStatus: 1,
      wearMaskStatus: 1,
      readerIndexCode: "1",
      picUri: "Vsm://2",
    },
  },
  {
    ...base,
    eventType: 0,
    status: 4,
    eventName: "Rule 1",
    eventDetails: [{ ...base, eventType: 131588, data: { a: "b" } }],
  },
  {
    ...base,
    eventType: 851969,
    status: 0,
    srcType: "mobileVehicle",
    data: { longitude: "120.1", latitude: "30.2", speed: "40" },
  },
  { ...base, eventType: 131612, data: '{"frames":[{"count":3}]}' },
];

function body(value: unknown, random: Random): Buffer {
  let json = jsonOf(value);
  const changes = random.below(4);
  for (let count = 0; count < changes; count += 1) json = mutateJson(json, random);
  const text = Buffer.from(writeJson(json));
  return changes > 0 && random.chance(0.05) ? damageBytes(text, random) : text;
}

const post = (text: string) => (): unknown =>
  refusable(() => {
    for (const message of readPost(Buffer.from(text))) decodeEvent(message, HOST, RECEIVED);
  });
const params = (inner: string): (() => unknown) => post(`{"params":${inner}}`);

/** Posts of events, and records of events that were missed. */
export const hcpPost: Format = {
  name: "hcp-post",
  code: "src/hcp/events/decode/**/*.ts",
  reaches: 0.8,
  run(random) {
    const list = Array.from({ length: 1 + random.below(3) }, () => random.pick(events));
    const ability = random.pick(["event_vss", "event_acs", "event_veh", "event_face_match"]);
    const sendTime = random.pick(["2026-05-04T08:20:31+08:00", "2026-05-04T08:20:31+99:99", oddText(random)]);
    const bytes = body(
      { method: "OnEventNotify", params: { ability, sendTime, events: structuredClone(list) } },
      random,
    );
    return refusable(() => {
      for (const message of readPost(bytes)) {
        assertEvent(decodeEvent(message, HOST, RECEIVED).event);
        assertEvent(decodeRecord({ ...message.fields }, random.pick(["event", "end"]), HOST, RECEIVED).event);
      }
    });
  },
  growing: {
    "many events": (size) => params(`{"events":[${'{"eventId":"1"},'.repeat(size / 16)}{}]}`),
    "many fields": (size) =>
      params(`{"events":[{${Array.from({ length: size / 9 }, (_, i) => `"a${i}":1`).join(",")}}]}`),
    brackets: (size) => post("[".repeat(size)),
    "brackets in text": (size) =>
      params(`{"events":"${"\\u005b".repeat(size / 12)}${"\\u005d".repeat(size / 12)}"}`),
    "text in text": (size) =>
      params(`{"events":[{"data":${JSON.stringify(JSON.stringify({ a: '"'.repeat(size / 8) }))}}]}`),
    "many faces": (size) =>
      params(
        `{"events":[{"eventType":131659,"data":{"alarmResult":{"faces":[${"{},".repeat(size / 3)}{}]}}}]}`,
      ),
    "a long image": (size) =>
      params(
        `{"events":[{"data":{"alarmResult":{"faces":[{"snap_pic_data":"${"QUJD".repeat(size / 4)}"}]}}}]}`,
      ),
  },
};

const request = {
  path: "/artemis/api/resource/v1/cameras",
  stringToSign: "POST\n*/*\n",
  redact: (text: string) => text,
};

function reply(text: string, contentType = "application/json"): () => unknown {
  return () =>
    refusable(
      () => void readResponse({ status: 200, contentType, date: "", body: Buffer.from(text) }, request),
    );
}

/** Answers of the gateway. */
export const hcpReply: Format = {
  name: "hcp-reply",
  code: "src/hcp/request/response.ts, hcp-error.ts",
  reaches: 0.2,
  run(random) {
    const data = random.pick<unknown>([
      { total: 1, pageNo: 1, pageSize: 20, list: [{ cameraIndexCode: "1" }] },
      "data:image/jpeg;base64,/9j/4AAQ",
      "/9j/4AAQSkZJRg==",
      null,
      [],
    ]);
    const code: unknown = random.pick([
      "0",
      0,
      "0",
      "0",
      "0",
      0,
      "0x02401003",
      "131",
      oddText(random),
      random.below(300),
    ]);
    const msg = random.pick(["Success", "Signature mismatch, stringToSign: POST\n*/*", oddText(random)]);
    const bytes = random.chance(0.1)
      ? Buffer.from(`data:image/png;base64,${oddText(random)}`)
      : body({ code, msg, data }, random);
    const response = {
      status: random.pick([200, 200, 200, 200, 200, 200, 200, 201, 400, 401, 403, 429, 500, 503]),
      contentType: random.pick(["application/json", "image/jpeg", "text/html", "", oddText(random)]),
      date: random.pick(["Mon, 04 May 2026 08:20:30 GMT", "", oddText(random)]),
      body: bytes,
    };
    return refusable(() => {
      const { code: accepted, data: found, mimeType } = readResponse(response, request);
      assert.equal(accepted, "0");
      assert.ok(mimeType === undefined || Buffer.isBuffer(found));
    });
  },
  growing: {
    "a long text": (size) => reply("x".repeat(size)),
    "a data URL": (size) => reply(`data:image/jpeg;base64,${"QUJD".repeat(size / 4)}`),
    blanks: (size) => reply(`"${" ".repeat(size)}x"`),
    "a long message": (size) => reply(`{"code":"0x02401003","msg":"${"POST ".repeat(size / 5)}"}`),
  },
};
