import assert from "node:assert/strict";
import { check, refused } from "../../../support/request-check";

const page = { pageNo: 1, pageSize: 20 };
const day = { startTime: "2024-03-01T00:00:00+01:00", endTime: "2024-03-02T00:00:00+01:00" };
const events = { ...page, ...day, eventTypes: "131331", srcType: "camera", srcIndexs: "31" };

describe("times in a request", () => {
  const zone = (): number => 60;

  it("are written with their offset, from every accepted type", () => {
    const body = {
      ...events,
      startTime: new Date("2024-03-01T08:00:00.250Z"),
      endTime: Date.parse("2024-03-01T09:00:00Z"),
    };
    const checked = check("eventService/eventRecords/page", body, { zone });

    assert.equal(checked.startTime, "2024-03-01T09:00:00+01:00");
    assert.equal(checked.endTime, "2024-03-01T10:00:00+01:00");
  });

  it("are written with their offset inside objects, too", () => {
    const checked = check(
      "vehicle/parkingspace/record",
      { pageIndex: 1, pageSize: 10, queryInfo: { beginTime: "2024-03-01", endTime: "2024-03-02 12:30" } },
      { zone },
    );
    assert.deepEqual(checked.queryInfo, {
      beginTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-02T12:30:00+01:00",
    });
  });

  it("are rejected if they are not valid", () => {
    refused(
      "eventService/eventRecords/page",
      { ...events, startTime: "yesterday" },
      "startTime must be a time such as",
      "yesterday",
    );
    refused("eventService/eventRecords/page", { ...events, startTime: true }, "startTime must be a time");
  });

  it("may be 31 days apart in a search, not a second more", () => {
    const startTime = "2024-03-01T00:00:00+01:00";
    assert.ok(
      check("eventService/eventRecords/page", { ...events, startTime, endTime: "2024-04-01T00:00:00+01:00" }),
    );
    refused(
      "eventService/eventRecords/page",
      { ...events, startTime, endTime: "2024-04-01T00:00:01+01:00" },
      "startTime and endTime must not be more than 31 days apart",
    );
  });

  it("may be three days apart in playback", () => {
    const body = { cameraIndexCode: "31", recordType: "0", beginTime: "2024-03-01T00:00:00+01:00" };
    assert.ok(check("video/cameras/playbackURLs", { ...body, endTime: "2024-03-04T00:00:00+01:00" }));
    refused(
      "video/cameras/playbackURLs",
      { ...body, endTime: "2024-03-04T00:00:01+01:00" },
      "beginTime and endTime must not be more than 3 days apart",
    );
  });

  it("must be in order, with regard to their offsets", () => {
    refused(
      "eventService/eventRecords/page",
      { ...events, startTime: day.endTime, endTime: day.startTime },
      "endTime must not be before startTime",
    );
    assert.ok(
      check("eventService/eventRecords/page", {
        ...events,
        startTime: "2024-03-01T08:00:00+08:00",
        endTime: "2024-03-01T01:00:00+00:00",
      }),
    );
  });
});
