import assert from "node:assert/strict";
import type { Recordings } from "../../../../src/isapi/recordings/recordings";
import { responseStatus } from "../../../servers/isapi/documents";
import { RecorderScene, recordedSpan, tenMinutes } from "../../../support/recorder-scene";

describe("Recordings", () => {
  let scene: RecorderScene;
  const open = async (...options: Parameters<typeof RecorderScene.open>): Promise<Recordings> => {
    scene = await RecorderScene.open(...options);
    return scene.recordings;
  };
  afterEach(async () => {
    await scene.close();
  });

  describe("search", () => {
    it("returns real times, type, name and size", async () => {
      await open();
      const recording = await scene.first();
      const { playbackUri, ...rest } = recording;
      assert.match(playbackUri, /^rtsp:/);
      assert.deepEqual(rest, {
        track: "101",
        start: "2026-03-02T07:00:00.000Z",
        end: "2026-03-02T07:10:00.000Z",
        deviceStart: "2026-03-02T08:00:00Z",
        deviceEnd: "2026-03-02T08:10:00Z",
        type: "timing",
        codec: "H.264-BP",
        name: "ch01_00000000000",
        size: 1000,
      });
    });

    it("requests times in the device's wall clock, or in UTC if the device uses it", async () => {
      const recordings = await open({}, { timeBase: "utc" });
      assert.equal(
        (await recordings.search({ ...recordedSpan, end: "2026-03-02T08:05:00Z" })).recordings.length,
        1,
      );
      assert.match(scene.device.requests.at(-1)?.body ?? "", /<startTime>2026-03-02T07:00:00Z</);
    });

    it("requests summer time in summer if the device's clock follows its zone", async () => {
      const timeZone = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00";
      const recordings = await open({ timeZone });
      await recordings.search({ track: "101", start: "2025-07-01T08:00:00Z", end: "2026-01-01T08:00:00Z" });
      assert.match(
        scene.device.requests.at(-1)?.body ?? "",
        /<startTime>2025-07-01T10:00:00Z<\/startTime><endTime>2026-01-01T09:00:00Z</,
      );
    });

    it("works even if the device refuses to report its time", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/System/time", ({ url }) => ({
        status: 403,
        body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
      }));
      const span = { track: "101", start: "2026-03-02T08:00:00", end: "2026-03-02T08:15:00" };
      const { recordings: found, assumed } = await recordings.search(span);
      assert.equal(assumed?.code, "ISAPI_FORBIDDEN");
      assert.deepEqual(
        found.map(({ deviceStart, start }) => [deviceStart, start]),
        ["08:00:00", "08:10:00"].map((time) => [
          `2026-03-02T${time}Z`,
          // The zone of the machine that runs the test.
          new Date(`2026-03-02T${time}`).toISOString(),
        ]),
      );
    });

    it("assumes no clock if the device may report its time later", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/System/time", () => ({ status: 503 }));
      await assert.rejects(recordings.search(recordedSpan), { code: "ISAPI_BUSY" });
    });

    it("lists recordings without a playback URI as not downloadable", async () => {
      const stored = tenMinutes(3).map((item, index) => ({ ...item, withoutUri: index > 0 }));
      const recordings = await open({ stored });
      const { recordings: found } = await recordings.search(recordedSpan);
      assert.deepEqual(
        found.map(({ deviceStart, playbackUri, downloadable }) => [
          deviceStart?.slice(11, 16),
          playbackUri !== undefined,
          downloadable,
        ]),
        [
          ["08:00", true, undefined],
          ["08:10", false, false],
          ["08:20", false, false],
        ],
      );
    });

    it("reads all pages under one search id", async () => {
      const recordings = await open({ stored: tenMinutes(95) });
      const { recordings: found, complete } = await recordings.search({
        ...recordedSpan,
        end: "2026-03-05T00:00:00Z",
      });
      assert.deepEqual([found.length, complete], [95, true]);
      const searches = scene.device.requests.filter(
        ({ url, status }) => url.endsWith("search") && status === 200,
      );
      assert.equal(searches.length, 3);
      assert.equal(new Set(searches.map(({ body }) => /<searchID>(.*)<\/searchID>/.exec(body)?.[1])).size, 1);
    });

    it("ends if the device responds MORE but sends nothing new", async () => {
      const recordings = await open({ alwaysMore: true });
      assert.equal((await recordings.search(recordedSpan)).recordings.length, 6);
    });

    it("filters by type", async () => {
      const recordings = await open();
      const { recordings: found } = await recordings.search({ ...recordedSpan, type: "motion" });
      assert.deepEqual(new Set(found.map(({ type }) => type)), new Set(["motion"]));
    });

    it("returns none, or one", async () => {
      const recordings = await open({ stored: tenMinutes(1) });
      assert.equal((await recordings.search(recordedSpan)).recordings.length, 1);
      assert.equal((await recordings.search({ ...recordedSpan, track: "201" })).recordings.length, 0);
    });

    it("searches the last hour by default", async () => {
      const recordings = await open();
      await recordings.search({ track: "101" });
      const body = scene.device.requests.at(-1)?.body ?? "";
      assert.match(body, /<startTime>2026-03-02T09:00:00Z<\/startTime><endTime>2026-03-02T10:00:00Z</);
    });

    it("refuses an invalid track, time span or type", async () => {
      const recordings = await open();
      for (const wrong of [{ track: "x" }, { end: recordedSpan.start }, { start: "soon" }, { type: "a/b" }]) {
        await assert.rejects(recordings.search({ ...recordedSpan, ...wrong }), { code: "CONFIG_INVALID" });
      }
    });

    it("reports a time span that is too long for the device", async () => {
      const recordings = await open({ maxDays: 1 });
      await assert.rejects(recordings.search({ ...recordedSpan, end: "2026-04-02T08:00:00Z" }), {
        code: "ISAPI_STATUS",
        statusCode: "3",
        message: /Search a shorter time/,
      });
    });

    for (const [what, status, code] of [
      ["a busy device", 503, "ISAPI_BUSY"],
      ["a device without a disk", 404, "ISAPI_NOT_FOUND"],
      ["a user without the permission", 403, "ISAPI_FORBIDDEN"],
    ] as const) {
      it(`reports ${what}`, async () => {
        const recordings = await open();
        scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({ status }));
        await assert.rejects(recordings.search(recordedSpan), { code });
      });
    }

    it("reports a device that does not respond", async () => {
      const recordings = await open({}, { timeout: 0.2 });
      scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({
        status: 200,
        respond: () => undefined,
      }));
      await assert.rejects(recordings.search(recordedSpan), { code: "TIMEOUT" });
    });

    it("reports a device that sends no time", async () => {
      const recordings = await open({ localTime: () => "" });
      await assert.rejects(recordings.search(recordedSpan), {
        code: "ISAPI_REPLY",
        message: /contains no time/,
      });
    });

    it("refuses another document", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({ status: 200, body: "<Other/>" }));
      await assert.rejects(recordings.search(recordedSpan), { code: "ISAPI_REPLY" });
    });
  });

  it("makes playback URLs with the device's clock, its configured address, and no password", async () => {
    const recordings = await open();
    assert.equal(
      await recordings.playbackUrl(recordedSpan),
      "rtsp://127.0.0.1/Streaming/tracks/101?starttime=20260302T080000Z&endtime=20260302T090000Z",
    );
    assert.match(
      await recordings.playbackUrl({ ...recordedSpan, port: 8554 }),
      /^rtsp:\/\/127\.0\.0\.1:8554\//,
    );
  });
});
