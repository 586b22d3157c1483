import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { Refusal, type GatewayResponse } from "./hcp/gateway-response";
import { platformOperations, samplePlatform, type Platform } from "./hcp/platform";

describe("the simulated platform", () => {
  let platform: Platform;
  beforeEach(() => {
    platform = samplePlatform();
  });
  const ask = (path: string, body: object): GatewayResponse => {
    const operation = platformOperations(platform)[path];
    assert.ok(operation, `no ${path}`);
    return operation(body as Record<string, unknown>);
  };
  const refused = (path: string, body: object, code: string): void => {
    assert.throws(
      () => ask(path, body),
      (error: unknown) => error instanceof Refusal && error.code === code,
      `${path} took ${JSON.stringify(body)}`,
    );
  };

  it("requires page number and size as numbers within their limits", () => {
    for (const path of ["cameras", "acsDoor/acsDoorList", "regions", "alarmOutputs"]) {
      const at = `/api/resource/v1/${path}`;
      refused(at, { pageSize: 10 }, "0x00072001");
      refused(at, { pageNo: 1 }, "0x00072001");
      refused(at, { pageNo: "1", pageSize: 10 }, "0x00072003");
      refused(at, { pageNo: 0, pageSize: 10 }, "0x00072002");
      refused(at, { pageNo: 1, pageSize: 501 }, "0x00072002");
    }
    const { total, list } = ask("/api/resource/v1/cameras", { pageNo: 2, pageSize: 2 }).data as {
      total: number;
      list: object[];
    };
    assert.deepEqual([total, list.length], [3, 1]);
  });

  it("can send smaller pages than requested, with or without the actual size", () => {
    const at = "/api/resource/v1/cameras";
    const sizes = (pageNo: number): unknown[] => {
      const { list, pageSize, total } = ask(at, { pageNo, pageSize: 10 }).data as Record<string, unknown>;
      return [(list as object[]).length, pageSize, total];
    };
    platform.paging = { cap: 2, tellsCap: true };
    assert.deepEqual(
      [sizes(1), sizes(2)],
      [
        [2, 2, 3],
        [1, 2, 3],
      ],
    );
    platform.paging = { cap: 2 };
    assert.deepEqual(sizes(1), [2, 10, 3]);
  });

  it("can ignore the page number", () => {
    platform.paging = { ignoresPageNo: true };
    const page = (pageNo: number): unknown =>
      (ask("/api/resource/v1/cameras", { pageNo, pageSize: 2 }).data as { list: object[] }).list;
    assert.deepEqual(page(2), page(1));
  });

  it("returns a standard URL only for rtsp_s, and none for two-way audio", () => {
    const at = "/api/video/v1/cameras/previewURLs";
    const url = (path: string, body: object): string => (ask(path, body).data as { url: string }).url;
    assert.match(url(at, { cameraIndexCode: "31" }), /^\[sms:preview\]rtsp:/);
    assert.match(url(at, { cameraIndexCode: "31", protocol: "rtsp" }), /^\[sms:preview\]/);
    assert.match(url(at, { cameraIndexCode: "31", protocol: "rtsp_s" }), /^rtsp:\/\//);
    assert.match(
      url("/api/video/v1/cameras/talkURLs", { cameraIndexCode: "31", protocol: "rtsp_s" }),
      /^\[sms:voicetalk\]/,
    );
    refused(at, {}, "0x00072001");
    refused(at, { cameraIndexCode: "99" }, "128");
    refused(at, { cameraIndexCode: "31", protocol: "mms" }, "0x00072002");
    refused(at, { cameraIndexCode: "31", protocol: "websocket" }, "0x00072001");
    refused(at, { cameraIndexCode: "31", streamType: 2 }, "0x00072002");
  });

  it("plays back at most three days, between times with an offset", () => {
    const at = "/api/video/v1/cameras/playbackURLs";
    const body = {
      cameraIndexCode: "31",
      recordType: "0",
      protocol: "rtsp_s",
      beginTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-04T00:00:00+01:00",
    };
    assert.match((ask(at, body).data as { url: string }).url, /^rtsp:/);
    refused(at, { ...body, endTime: "2024-03-04T00:00:01+01:00" }, "0x00072002");
    refused(at, { ...body, endTime: "2024-02-29T00:00:00+01:00" }, "0x00072002");
    refused(at, { ...body, beginTime: "2024-03-01 00:00:00" }, "0x00072003");
    refused(at, { ...body, beginTime: 1709247600000 }, "0x00072003");
    refused(at, { ...body, recordType: 0 }, "0x00072003");
  });

  it("moves cameras by the guide's commands, with the required parameters", () => {
    const at = "/api/video/v1/ptzs/controlling";
    const move = { cameraIndexCode: "31", action: 0, command: "left", speed: 40 };
    ask(at, move);
    assert.deepEqual(platform.ptz, [{ ...move, command: "LEFT" }]);
    refused(at, { ...move, speed: undefined }, "0x00072001");
    refused(at, { ...move, speed: 19 }, "0x00072002");
    refused(at, { ...move, action: 2 }, "0x00072002");
    refused(at, { ...move, command: "JUMP" }, "0x00072002");
    refused(at, { ...move, command: "GOTO_PRESET" }, "0x00072001");
    refused(at, { ...move, command: "GOTO_PRESET", presetIndex: 4 }, "128");
    refused(at, { ...move, command: "RUN_PATROL", patrolIndex: 9 }, "0x00072002");
  });

  it("stores presets and patrols", () => {
    const camera = { cameraIndexCode: "31" };
    ask("/api/video/v1/presets/addition", { ...camera, presetName: "Gate", presetIndex: 4 });
    ask("/api/video/v1/presets/addition", { ...camera, presetName: "Gate, near", presetIndex: 4 });
    const listed = ask("/api/video/v1/presets/searches", camera).data;
    assert.deepEqual(listed, { total: 1, list: [{ presetName: "Gate, near", presetIndex: 4 }] });
    refused(
      "/api/video/v1/presets/addition",
      { ...camera, presetName: "Gate", presetIndex: 257 },
      "0x00072002",
    );
    refused("/api/video/v1/presets/deletion", { ...camera, presetIndex: 5 }, "128");

    const patrol = {
      ...camera,
      patrolIndex: 1,
      patrolPointInfoList: [{ presetIndex: 4, speed: 20, dwellTime: 15 }],
    };
    ask("/api/video/v1/patrols/addition", patrol);
    ask("/api/video/v1/ptzs/controlling", { ...camera, action: 0, command: "RUN_PATROL", patrolIndex: 1 });
    refused("/api/video/v1/patrols/addition", { ...patrol, patrolPointInfoList: [] }, "0x00072001");
    refused(
      "/api/video/v1/patrols/addition",
      { ...patrol, patrolPointInfoList: [{ presetIndex: 4, speed: 41, dwellTime: 15 }] },
      "0x00072002",
    );
    ask("/api/video/v1/patrols/deletion", { ...camera, patrolIndex: 1 });
    refused("/api/video/v1/patrols/patrolIndex/patrolInfo", { ...camera, patrolIndex: 1 }, "128");
  });

  it("controls doors one by one, and reports each result", () => {
    const at = "/api/acs/v1/door/doControl";
    const { data } = ask(at, { doorIndexCodes: ["12", "99"], controlType: 2 });
    const codes = (data as { controlResultCode: number }[][])[0]?.map(
      ({ controlResultCode }) => controlResultCode,
    );
    assert.deepEqual(codes, [0, 128]);
    assert.deepEqual([...platform.doorControls], [["12", 2]]);
    refused(at, { doorIndexCodes: "12", controlType: 2 }, "0x00072003");
    refused(at, { doorIndexCodes: Array(11).fill("12"), controlType: 2 }, "0x00072002");
    refused(at, { doorIndexCodes: ["12"], controlType: 4 }, "0x00072002");
  });

  it("switches alarm outputs and acknowledges alarms", () => {
    ask("/api/resource/v1/alarmOutput/controlling", { alarmOutputIndexCode: "71", action: 1 });
    assert.equal(platform.alarmOutputs[0]?.status, 1);
    refused("/api/resource/v1/alarmOutput/controlling", { alarmOutputIndexCode: "72", action: 1 }, "128");
    refused(
      "/api/resource/v1/alarmOutput/controlling",
      { alarmOutputIndexCode: "71", action: 2 },
      "0x00072002",
    );
    ask("/api/eventService/v1/eventRecords/controlling", { eventIndexCodes: "e1", controlType: 1 });
    ask("/api/eventService/v1/eventRecords/controlling", { eventIndexCode: "e2", controlType: 1 });
    assert.deepEqual(platform.acknowledged, ["e1", "e2"]);
    refused(
      "/api/eventService/v1/eventRecords/controlling",
      { eventIndexCodes: "e1", controlType: 2 },
      "0x00072002",
    );
  });
});
