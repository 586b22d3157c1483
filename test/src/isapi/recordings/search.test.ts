import assert from "node:assert/strict";
import type { Recordings } from "../../../../src/isapi/recordings/recordings";
import { responseStatus } from "../../../servers/isapi/documents";
import { RecorderScene, recordedSpan, tenMinutes } from "../../../support/recorder-scene";

describe("the recordings of an ISAPI device", () => {
  let scene: RecorderScene;
  const open = async (...options: Parameters<typeof RecorderScene.open>): Promise<Recordings> => {
    scene = await RecorderScene.open(...options);
    return scene.recordings;
  };
  afterEach(async () => {
    await scene.close();
  });

  describe("searched", () => {
    it("are told with their real times, type, name and size", async () => {
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

    it("are asked for by the device's wall clock, or by UTC where the device goes by it", async () => {
      const recordings = await open({}, { timeBase: "utc" });
      assert.equal(
        (await recordings.search({ ...recordedSpan, end: "2026-03-02T08:05:00Z" })).recordings.length,
        1,
      );
      assert.match(scene.device.requests.at(-1)?.body ?? "", /<startTime>2026-03-02T07:00:00Z</);
    });

    it("are asked for in summer by summer time, where the device's clock goes by its zone", async () => {
      const timeZone = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00";
      const recordings = await open({ timeZone });
      await recordings.search({ track: "101", start: "2025-07-01T08:00:00Z", end: "2026-01-01T08:00:00Z" });
      assert.match(
        scene.device.requests.at(-1)?.body ?? "",
        /<startTime>2025-07-01T10:00:00Z<\/startTime><endTime>2026-01-01T09:00:00Z</,
      );
    });

    it("are found although the device refuses to tell its time", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/System/time", ({ url }) => ({
        status: 403,
        body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
      }));
      const asked = { track: "101", start: "2026-03-02T08:00:00", end: "2026-03-02T08:15:00" };
      const { recordings: found, assumed } = await recordings.search(asked);
      assert.equal(assumed?.code, "ISAPI_FORBIDDEN");
      assert.deepEqual(
        found.map(({ deviceStart, start }) => [deviceStart, start]),
        ["08:00:00", "08:10:00"].map((time) => [
          `2026-03-02T${time}Z`,
          // This machine's zone, wherever the test runs.
          new Date(`2026-03-02T${time}`).toISOString(),
        ]),
      );
    });

    it("are not searched by an assumed clock where the device may tell its time later", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/System/time", () => ({ status: 503 }));
      await assert.rejects(recordings.search(recordedSpan), { code: "ISAPI_BUSY" });
    });

    it("are listed without a playback URI, too, as what cannot be downloaded", async () => {
      const stored = tenMinutes(3).map((item, index) => ({ ...item, unnamed: index > 0 }));
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

    it("come from all pages, under one search id", async () => {
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

    it("end where a device says MORE but sends nothing new", async () => {
      const recordings = await open({ alwaysMore: true });
      assert.equal((await recordings.search(recordedSpan)).recordings.length, 6);
    });

    it("are narrowed down to a type", async () => {
      const recordings = await open();
      const { recordings: found } = await recordings.search({ ...recordedSpan, type: "motion" });
      assert.deepEqual(new Set(found.map(({ type }) => type)), new Set(["motion"]));
    });

    it("may be none, and may be one", async () => {
      const recordings = await open({ stored: tenMinutes(1) });
      assert.equal((await recordings.search(recordedSpan)).recordings.length, 1);
      assert.equal((await recordings.search({ ...recordedSpan, track: "201" })).recordings.length, 0);
    });

    it("are those of the last hour without times", async () => {
      const recordings = await open();
      await recordings.search({ track: "101" });
      const body = scene.device.requests.at(-1)?.body ?? "";
      assert.match(body, /<startTime>2026-03-02T09:00:00Z<\/startTime><endTime>2026-03-02T10:00:00Z</);
    });

    it("need a track, a time span and a type that can be", async () => {
      const recordings = await open();
      for (const wrong of [{ track: "x" }, { end: recordedSpan.start }, { start: "soon" }, { type: "a/b" }]) {
        await assert.rejects(recordings.search({ ...recordedSpan, ...wrong }), { code: "CONFIG_INVALID" });
      }
    });

    it("cannot be told over a time that is too long for the device, and the error says so", async () => {
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
      it(`cannot be told by ${what}`, async () => {
        const recordings = await open();
        scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({ status }));
        await assert.rejects(recordings.search(recordedSpan), { code });
      });
    }

    it("cannot be told by a device that does not answer", async () => {
      const recordings = await open({}, { timeout: 0.2 });
      scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({
        status: 200,
        respond: () => undefined,
      }));
      await assert.rejects(recordings.search(recordedSpan), { code: "TIMEOUT" });
    });

    it("need a device that tells its time", async () => {
      const recordings = await open({ localTime: () => "" });
      await assert.rejects(recordings.search(recordedSpan), {
        code: "ISAPI_REPLY",
        message: /contains no time/,
      });
    });

    it("cannot be told in an answer that is something else", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/ContentMgmt/search", () => ({ status: 200, body: "<Other/>" }));
      await assert.rejects(recordings.search(recordedSpan), { code: "ISAPI_REPLY" });
    });
  });

  it("are played by a URL with the device's clock, its address as it is known here, and no password", async () => {
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
