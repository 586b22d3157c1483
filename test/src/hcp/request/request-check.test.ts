import assert from "node:assert/strict";
import { SurveillanceError } from "../../../../src/core/errors";
import { findOperation } from "../../../../src/hcp/catalogue";
import { checkRequest } from "../../../../src/hcp/request/request-check";
import { check, refused } from "../../../support/request-check";

const page = { pageNo: 1, pageSize: 20 };
const day = { startTime: "2024-03-01T00:00:00+01:00", endTime: "2024-03-02T00:00:00+01:00" };
const events = { ...page, ...day, eventTypes: "131331", srcType: "camera", srcIndexs: "31" };

describe("a request check", () => {
  it("returns a correct body as it is", () => {
    assert.deepEqual(check("eventService/eventRecords/page", events), events);
  });

  it("accepts a missing body for operations without parameters", () => {
    assert.deepEqual(check("common/version", undefined), {});
  });

  it("accepts fields that are not in the catalogue", () => {
    const body = { ...page, newInTheNextRelease: [1, 2] };
    assert.deepEqual(check("resource/cameras", body), body);
  });

  it("rejects a body that is not an object", () => {
    refused("resource/cameras", [page], "the body must be an object", "array of 1");
    refused("resource/cameras", "pageNo=1", "the body must be an object");
  });

  it("names every missing parameter and its expected value", () => {
    refused(
      "resource/cameras",
      {},
      "pageNo is missing (a number from 1 to 2147483647)",
      "pageSize is missing (a number from 1 to 500)",
    );
  });

  it("treats null as missing", () => {
    refused("resource/cameras/indexCode", { cameraIndexCode: null }, "cameraIndexCode is missing");
  });

  it("rejects an empty identifier", () => {
    refused("resource/cameras/indexCode", { cameraIndexCode: "" }, "1 to 64 characters", 'got ""');
  });

  it("rejects the wrong type", () => {
    refused(
      "resource/cameras",
      { ...page, pageNo: "1" },
      'pageNo must be a number from 1 to 2147483647, got "1"',
    );
    refused("resource/cameras/indexCode", { cameraIndexCode: 31 }, "cameraIndexCode must be text", "got 31");
    refused(
      "acs/door/doControl",
      { doorIndexCodes: "14", controlType: 2 },
      "doorIndexCodes must be an array",
    );
    refused(
      "vehicle/parkingspace/record",
      { pageIndex: 1, pageSize: 5, queryInfo: [] },
      "queryInfo must be an object",
    );
    refused("resource/cameras", { ...page, pageNo: Number.NaN }, "pageNo must be a number");
  });

  it("accepts the other type that the guide's example has", () => {
    const body = {
      cameraIndexCode: "31",
      recordType: "0",
      transmode: "1",
      beginTime: day.startTime,
      endTime: day.endTime,
    };
    assert.deepEqual(check("video/cameras/playbackURLs", body), body);
    refused(
      "video/cameras/playbackURLs",
      { ...body, transmode: "7" },
      "transmode must be one of 0 (UDP), 1 (TCP)",
    );
  });

  it("rejects a number out of its range", () => {
    refused(
      "resource/cameras",
      { pageNo: 1, pageSize: 501 },
      "pageSize must be a number from 1 to 500, got 501",
    );
    refused("resource/cameras", { pageNo: 0, pageSize: 500 }, "pageNo must be a number from 1");
  });

  it("rejects a text that is too long, without repeating it", () => {
    refused(
      "resource/cameras/indexCode",
      { cameraIndexCode: "3".repeat(65) },
      "cameraIndexCode must be text of 1 to 64 characters, got a text of 65 characters",
    );
  });

  it("rejects special characters in a name", () => {
    refused(
      "resource/camera/advance/cameraList",
      { ...page, cameraName: "Gate 1/2" },
      "cameraName must not contain",
    );
  });

  it("rejects a value that is not allowed, and lists the allowed values", () => {
    refused(
      "resource/alarmOutput/controlling",
      { alarmOutputIndexCode: "71", action: 2 },
      "action must be one of 0 (switch off), 1 (switch on), got 2",
    );
  });

  it("checks every part of a separated list", () => {
    assert.ok(check("resource/cameras", { ...page, deviceType: "encodeDevice,acsDevice" }));
    refused("resource/cameras", { ...page, deviceType: "encodeDevice,toaster" }, "deviceType must be of");
  });

  it("counts the parts of a separated list", () => {
    const eleven = Array.from({ length: 11 }, (_each, index) => String(index)).join(",");
    refused(
      "aiapplication/people/resourceGroupRealTimeCount",
      { resourceGroupIndexCodes: eleven },
      "separated by commas, at most 10 entries",
    );
  });

  it("counts the entries of an array and checks each", () => {
    const doorIndexCodes = Array.from({ length: 11 }, (_each, index) => String(index));
    refused(
      "acs/door/doControl",
      { doorIndexCodes, controlType: 2 },
      "doorIndexCodes must be an array with at most 10",
    );
    refused(
      "acs/door/doControl",
      { doorIndexCodes: ["1", 2], controlType: 2 },
      "doorIndexCodes[1] must be text",
    );
  });

  it("accepts a subscription of event types below 100000, which the platform lists itself", () => {
    const body = { eventTypes: [193, 641, 131331], eventDest: "http://192.0.2.20:1880/hcp/events" };
    assert.deepEqual(check("eventService/eventSubscriptionByEventTypes", body), body);
    refused(
      "eventService/eventSubscriptionByEventTypes",
      { ...body, eventTypes: Array.from({ length: 257 }, () => 131331) },
      "at most 256 entries",
    );
  });

  it("checks fields of objects and names the whole path", () => {
    refused(
      "vehicle/parkinglot/passageway/record",
      { pageIndex: 1, pageSize: 10, queryInfo: { beginTime: day.startTime, endTime: day.endTime } },
      "queryInfo.parkingLotIndexCode is missing",
    );
    refused(
      "visitor/registerment",
      {
        visitStartTime: day.startTime,
        visitEndTime: day.endTime,
        visitPurposeType: 0,
        visitorInfoList: [{ VisitorInfo: { visitorFamilyName: "Ito", visitorGivenName: "Ken", gender: 3 } }],
      },
      "visitorInfoList[0].VisitorInfo.gender must be one of 1 (male), 2 (female), got 3",
    );
  });

  it("treats empty texts and the text null in optional parameters as absent, like the guide's examples", () => {
    const body = {
      ...page,
      vehicleGroupIndexCode: "2",
      plateNo: "KX24",
      personName: "",
      phoneNo: null,
    };
    assert.deepEqual(check("resource/vehicle/advance/vehicleList", body), body);
    assert.ok(
      check("resource/camera/advance/cameraList", {
        ...page,
        encodeDevIndexCode: null,
        deviceType: "null",
        regionIndexCode: "",
      }),
    );
  });

  it("accepts both spellings of a name that the guide has", () => {
    const body = { eventIndexCode: "5b0c", controlType: 1 };
    assert.deepEqual(check("eventService/eventRecords/controlling", body), body);
    assert.deepEqual(
      check("eventService/eventRecords/controlling", { eventIndexCodes: "5b0c", controlType: 1 }),
      {
        eventIndexCodes: "5b0c",
        controlType: 1,
      },
    );
  });

  it("gathers the problems of a request, and shows five", () => {
    refused(
      "vehicle/parkinglot/passageway/record",
      {},
      "pageIndex is missing",
      "pageSize is missing",
      "queryInfo is missing",
    );
    refused("eventService/eventRecords/page", {}, "; and 2 more.");
  });

  it("checks header parameters", () => {
    const operation = findOperation("resource/cameras");
    assert.ok(operation);
    assert.throws(
      () => checkRequest(operation, page, { headers: { userId: "a/b" } }),
      (error: unknown) => error instanceof SurveillanceError && error.message.includes("header userId"),
    );
    assert.deepEqual(checkRequest(operation, page, { headers: { userId: "guard" } }), page);
  });

  it("does not change the given body", () => {
    const body = Object.freeze({ ...events, startTime: new Date(0), endTime: new Date(1000) });
    check("eventService/eventRecords/page", body);
    assert.ok(body.startTime instanceof Date);
  });

  it("sends a Buffer as Base64 if an image is expected", () => {
    const faceData = Buffer.from([0xff, 0xd8, 0xff]);
    assert.deepEqual(check("resource/person/face/update", { personId: "204", faceData }), {
      personId: "204",
      faceData: "/9j/",
    });
    refused("resource/cameras/indexCode", { cameraIndexCode: faceData }, "cameraIndexCode must be text");
  });
});

describe("conditions between parameters", () => {
  it("event records require type and source only without an event ID", () => {
    assert.ok(check("eventService/eventRecords/page", { ...page, ...day, eventIndexCode: "5b0c" }));
    refused(
      "eventService/eventRecords/page",
      { ...page, ...day },
      "eventTypes is missing",
      "srcType is missing",
      "srcIndexs is missing",
    );
    refused(
      "eventService/eventRecords/page",
      { ...page, ...day, eventIndexCode: "" },
      "eventTypes is missing",
    );
  });

  it("door events require an event type or a person", () => {
    const body = { ...page, ...day, doorIndexCodes: ["14"] };
    refused("acs/door/events", body, "at least one of eventType, personName is required");
    assert.ok(check("acs/door/events", { ...body, personName: "Meier" }));
    assert.ok(check("acs/door/events", { ...body, eventType: 198914 }));
  });

  it("a movement requires a speed, a preset its number and a patrol its number", () => {
    const id = "video/ptzs/controlling";
    const body = { cameraIndexCode: "31", action: 0 };
    refused(id, { ...body, command: "left" }, "speed is missing");
    refused(id, { ...body, command: "GOTO_PRESET" }, "presetIndex is missing");
    refused(id, { ...body, command: "RUN_PATROL" }, "patrolIndex is missing");
    assert.ok(check(id, { ...body, command: "left", speed: 30 }));
    assert.ok(check(id, { ...body, command: "goto_preset", presetIndex: 4 }));
    assert.ok(check(id, { ...body, command: "RUN_PATROL", PatrolIndex: 2 }));
  });

  it("WebSocket streams require their kind", () => {
    refused(
      "video/cameras/previewURLs",
      { cameraIndexCode: "31", protocol: "websocket" },
      "requestWebsocketProtocol is missing",
    );
    assert.ok(check("video/cameras/previewURLs", { cameraIndexCode: "31", protocol: "rtsp" }));
  });

  it("reason 4 requires a text", () => {
    const body = {
      appointStartTime: day.startTime,
      appointEndTime: day.endTime,
      visitReasonType: 4,
      visitorInfoList: [{ VisitorInfo: { visitorFamilyName: "Ito", visitorGivenName: "Ken", gender: 1 } }],
    };
    refused("visitor/v2/appointment", body, "visitReasonDetail is missing");
    assert.ok(check("visitor/v2/appointment", { ...body, visitReasonDetail: "Audit" }));
  });
});
